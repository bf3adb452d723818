import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { ModuleKind, transpileModule } from "typescript";
import { repositoryRoot } from "#tests/support/repository";
import { unused, unusedFunctions } from "#tools/commands/unused";

const recorder = join("tools", "commands", "used-functions.cjs");

const functions = `export interface Row { readonly n: number }
export const called = (row: Row): number => doubled(row.n);
function doubled(n: number): number {
  return 2 * n;
}

export function forgotten(): number {
  return [1].map((n) => n)[0] ?? 0;
}
const ofNumbers = (f: (n: number) => number) => ({ f });
export const table = { SQRT: ofNumbers((n) => Math.sqrt(n)) };
`;

/** A checkout with a lab of a few functions, and programs that use them. */
describe("the functions of the lab that nothing uses", function () {
  this.timeout(20_000);
  let root: string;
  let recorded: string;

  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const source = async (name: string, text: string) => {
    await write(`lab/src/tsql/${name}.ts`, text);
    const options = { module: ModuleKind.CommonJS, sourceMap: true };
    const { outputText, sourceMapText } = transpileModule(text, { compilerOptions: options, fileName: `${name}.ts` });
    await write(`lab/dist/src/tsql/${name}.js`, outputText);
    await write(`lab/dist/src/tsql/${name}.js.map`, sourceMapText ?? "");
  };
  const run = (program: string) =>
    promisify(execFile)(process.execPath, ["--require", `./${recorder}`, "--eval", program], {
      cwd: root,
      env: { ...process.env, MI_LINK_USED_FUNCTIONS: recorded },
    });
  const found = async () => (await unusedFunctions(root, recorded)).map(({ line, name }) => `${line} ${name}`);

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "mi-link-unused-"));
    recorded = join(root, "recorded");
    await mkdir(join(root, dirname(recorder)), { recursive: true });
    await copyFile(join(repositoryRoot, recorder), join(root, recorder));
    await source("functions", functions);
    await source("types", "export interface Nothing { readonly runs: false }");
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it("are named by file, line and name, or by their line where they have none", async () => {
    await run('require("./lab/dist/src/tsql/functions.js").called({ n: 1 })');
    assert.deepEqual(await found(), [
      "7 forgotten",
      "11 export const table = { SQRT: ofNumbers((n) => Math.sqrt(n)) };",
    ]);
  });

  it("are those that none of the programs uses", async () => {
    await run('require("./lab/dist/src/tsql/functions.js").forgotten()');
    await run('require("./lab/dist/src/tsql/functions.js").table.SQRT.f(4)');
    assert.deepEqual(await found(), ["2 called", "3 doubled"]);
  });

  it("are not used by what does not count", async () => {
    await run(`const { record } = require("./${recorder}"), lab = require("./lab/dist/src/tsql/functions.js");
      record(false); lab.forgotten(); record(true); lab.called({ n: 1 }); record(false); lab.table.SQRT.f(4)`);
    assert.deepEqual(await found(), [
      "7 forgotten",
      "11 export const table = { SQRT: ofNumbers((n) => Math.sqrt(n)) };",
    ]);
  });

  it("are a whole file where nothing loads it, unless it has but types", async () => {
    await source("orphan", "export const orphan = () => 1;");
    await run("");
    assert.deepEqual(
      (await unusedFunctions(root, recorded)).map(({ file, name }) => `${file} ${name}`),
      ["lab/src/tsql/functions.ts (the whole file)", "lab/src/tsql/orphan.ts (the whole file)"],
    );
  });

  it("fail the command, but for exceptions, which have to be some", async () => {
    const file = join("lab", "src", "tsql", "functions.ts");
    const except = (...names: readonly string[]) =>
      write("lab/tests/needs/unused.json", JSON.stringify(names.map((name) => ({ file, name, reason: "a test" }))));
    await run('const lab = require("./lab/dist/src/tsql/functions.js"); lab.called({ n: 1 }), lab.table.SQRT.f(4)');
    await except();
    assert.equal(await unused({ root, args: [recorded] }), 1);
    await except("forgotten");
    assert.equal(await unused({ root, args: [recorded] }), 0);
    await except("forgotten", "called");
    assert.equal(await unused({ root, args: [recorded] }), 1);
    assert.equal(await unused({ root, args: [] }), 2);
  });
});
