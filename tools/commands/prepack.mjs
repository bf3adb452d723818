// Before `npm pack` or `npm publish` of the provider: the pages that npm looks for in its folder are those of the
// repository. Links to files lead to the repository, as nothing but the package is where they are read. Compiled code
// loses its comments, a sixth of the package; the declarations beside it keep theirs, which editors show. Declarations that
// no entry of the package leads to are left out, as no program can name them.
import { globSync } from "node:fs";
import { glob, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const provider = join(root, "provider");
const dist = join(provider, "dist");
const { repository } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
const address = repository.url.replace(/^git\+|\.git$/g, "");

for (const page of ["README.md", "CHANGELOG.md"]) {
  const text = await readFile(join(root, page), "utf8");
  await write(join(provider, page), text.replaceAll(/\]\((?!\w+:|#)/g, `](${address}/blob/main/`));
}

const compilerOptions = { removeComments: true, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.Preserve };
for await (const file of glob("**/*.js", { cwd: dist })) {
  const path = join(dist, file);
  const text = await readFile(path, "utf8");
  const { outputText } = ts.transpileModule(text, { compilerOptions, fileName: path });
  if (outputText !== text) await write(path, outputText);
}

const { exports } = JSON.parse(await readFile(join(provider, "package.json"), "utf8"));
const declarations = new Set(globSync("**/*.d.ts", { cwd: dist }).map((file) => join(dist, file)));
const led = new Set(Object.values(exports).flatMap(({ types }) => (types ? [join(provider, types)] : [])));
// A set goes on to what is added while it is walked.
for (const file of led)
  for (const { fileName } of ts.preProcessFile(await readFile(file, "utf8")).importedFiles)
    for (const path of [`${fileName}.d.ts`, join(fileName, "index.d.ts")].map((name) => join(dirname(file), name)))
      if (declarations.has(path)) led.add(path);
const leftOut = [...declarations]
  .filter((path) => !led.has(path))
  .map((path) => relative(dist, path).split(sep).join("/"));
await write(join(dist, ".npmignore"), `${leftOut.toSorted().join("\n")}\n`);

/**
 * In one step: tests pack side by side.
 * @param {string} target
 * @param {string} text
 */
async function write(target, text) {
  await writeFile(`${target}.${process.pid}`, text);
  await rename(`${target}.${process.pid}`, target);
}
