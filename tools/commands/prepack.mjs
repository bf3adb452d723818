// Before `npm pack` or `npm publish` of the provider: the pages that npm looks for in its folder are those of the
// repository. Links to files lead to the repository, as nothing but the package is where they are read.
import { readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { repository } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const address = repository.url.replace(/^git\+|\.git$/g, "");

for (const page of ["README.md", "CHANGELOG.md"]) {
  const text = await readFile(join(root, page), "utf8");
  const target = join(root, "provider", page);
  // In one step: tests pack side by side.
  await writeFile(`${target}.${process.pid}`, text.replaceAll(/\]\((?!\w+:|#)/g, `](${address}/blob/main/`));
  await rename(`${target}.${process.pid}`, target);
}
