// Before `npm pack` or `npm publish` of the provider: the pages that npm looks for in its folder are those of the
// repository. Links to files lead to the repository, as nothing but the package is where they are read. Compiled code
// loses its comments, a sixth of the package; the declarations beside it keep theirs, which editors show.
import { glob, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { repository } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const address = repository.url.replace(/^git\+|\.git$/g, "");

for (const page of ["README.md", "CHANGELOG.md"]) {
  const text = await readFile(join(root, page), "utf8");
  await write(join(root, "provider", page), text.replaceAll(/\]\((?!\w+:|#)/g, `](${address}/blob/main/`));
}

const compilerOptions = { removeComments: true, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.Preserve };
for await (const file of glob("**/*.js", { cwd: join(root, "provider", "dist") })) {
  const path = join(root, "provider", "dist", file);
  const text = await readFile(path, "utf8");
  const { outputText } = ts.transpileModule(text, { compilerOptions, fileName: path });
  if (outputText !== text) await write(path, outputText);
}

/**
 * In one step: tests pack side by side.
 * @param {string} target
 * @param {string} text
 */
async function write(target, text) {
  await writeFile(`${target}.${process.pid}`, text);
  await rename(`${target}.${process.pid}`, target);
}
