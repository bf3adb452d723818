import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(__dirname, "..", "..", "..");

describe("the import rules", () => {
  let folder: string;

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "mi-link-lint-")));
    const config = JSON.parse(await readFile(join(root, "biome.json"), "utf8"));
    await writeFile(join(folder, "biome.json"), JSON.stringify({ ...config, vcs: { enabled: false } }));
    for (const half of ["provider", "lab"]) {
      await mkdir(join(folder, half));
      await copyFile(join(root, half, "biome.json"), join(folder, half, "biome.json"));
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Which of the modules a file may not import. */
  async function refusedIn(file: string, specifiers: readonly string[]): Promise<string[]> {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, specifiers.map((specifier) => `export * from "${specifier}";\n`).join(""));
    const biome = join(root, "node_modules", ".bin", "biome");
    const rule = "--only=style/noRestrictedImports";
    const { status, stdout, stderr } = spawnSync(biome, ["lint", rule, "--reporter=github", file], {
      cwd: folder,
      encoding: "utf8",
    });
    const lines = [...stdout.matchAll(/^::error title=lint\/style\/noRestrictedImports,.*?\bline=(\d+)/gm)];
    assert.equal(status, lines.length > 0 ? 1 : 0, stdout + stderr);
    return lines.map(([, line]) => specifiers[Number(line) - 1] ?? "");
  }

  const isRefused = async (file: string, specifier: string): Promise<boolean> =>
    (await refusedIn(file, [specifier])).length > 0;

  for (const specifier of ["mi-link-lab", "mi-link-lab/dist/main", "#lab/network", "../../lab/network", "../../lab"]) {
    it(`keep ${specifier} out of the provider`, async () => {
      for (const name of ["lifecycle", "resource"]) {
        assert.equal(await isRefused(`provider/resources/master-key/${name}.ts`, specifier), true, name);
      }
      assert.equal(await isRefused("provider/components/pairing.ts", specifier), true);
      assert.equal(await isRefused("provider/index.ts", specifier), true);
    });
  }

  for (const specifier of [
    "pulumi-mi-link",
    "pulumi-mi-link/dynamic",
    "#provider/sql-server/tsql",
    "../../provider/index",
  ]) {
    it(`keep ${specifier} out of the lab`, async () => {
      assert.equal(await isRefused("lab/src/tsql/host.ts", specifier), true);
    });
  }

  it("let Pulumi into resource.ts, components/, dynamic/ and index.ts of the provider, and nowhere else", async () => {
    for (const specifier of ["@pulumi/pulumi", "@pulumi/pulumi/proto/engine_pb"]) {
      const allowed = ["resources/master-key/resource", "components/pairing", "dynamic/handler", "index"];
      for (const file of allowed) assert.equal(await isRefused(`provider/${file}.ts`, specifier), false, file);
      const kept = [
        "resources/master-key/lifecycle",
        "sql-server/tsql",
        "azure/client",
        "errors/catalogue",
        "lifecycle/diff",
      ];
      for (const file of kept) assert.equal(await isRefused(`provider/${file}.ts`, specifier), true, file);
      assert.equal(await isRefused("lab/src/main.ts", specifier), true);
    }
  });

  const floors = [
    ["errors"],
    ["arguments"],
    ["sql-server", "azure"],
    ["lifecycle"],
    ["resources"],
    ["components"],
    ["dynamic"],
  ];
  for (const [at, names] of floors.entries())
    for (const floor of names)
      it(`let provider/${floor} import the floors below it, and no other`, async () => {
        for (const [other, there] of floors.entries())
          for (const name of there.filter((name) => name !== floor)) {
            const refused = await isRefused(`provider/${floor}/some/file.ts`, `../../${name}/file`);
            assert.equal(refused, other >= at, name);
          }
      });

  for (const [floor, above] of Object.entries({
    faults: ["tsql", "tds", "sql-server", "managed-instance"],
    tds: ["sql-server", "managed-instance"],
    "sql-server": ["managed-instance"],
    "managed-instance": [],
  }))
    it(`let lab/src/${floor} import the floors below it, and no other`, async () => {
      const others = ["faults", "tsql", "tds", "sql-server", "managed-instance"].filter((name) => name !== floor);
      const modules = others.map((name) => `../${name}/file`);
      assert.deepEqual(
        await refusedIn(`lab/src/${floor}/file.ts`, modules),
        above.map((name) => `../${name}/file`),
      );
    });

  /** The layers of the lab's language, each with what is below it. */
  const words = ["types", "messages", "not-spoken", "values/file", "syntax/file"];
  const server = [...words, "stored", "host"];
  const above = ["parser", "data/file", "query/file", "executor/file", "procedures", "index"];
  const layers: Readonly<Record<string, readonly string[]>> = {
    types: ["messages"],
    "values/file": ["types", "messages"],
    "syntax/file": ["types"],
    stored: ["types", "values/file", "syntax/file"],
    host: ["types", "messages", "syntax/file", "stored"],
    "parser/file": words,
    "data/file": server,
    "query/file": [...server, "data/file"],
    "query/functions/file": [...server, "data/file"],
    "executor/file": [...server, "parser", "data/file", "query/file"],
    procedures: [...server, ...above],
  };
  for (const [layer, below] of Object.entries(layers))
    it(`let lab/src/tsql/${layer} import the layers below it, and no other`, async () => {
      const depth = layer.split("/").length - 1;
      const from = (module: string) =>
        depth === 0 && !module.startsWith("..") ? `./${module}` : "../".repeat(depth) + module;
      const all = [...server, ...above, "../tds/file", "../sql-server/file"];
      const others = all.filter((module) => module !== layer);
      const refused = await refusedIn(`lab/src/tsql/${layer}.ts`, [...others.map(from), "@pulumi/pulumi", "node:fs"]);
      assert.deepEqual(refused, [...others.filter((module) => !below.includes(module)).map(from), "@pulumi/pulumi"]);
    });

  it("leave what belongs to a half to itself", async () => {
    assert.equal(await isRefused("provider/resources/master-key/lifecycle.ts", "../../sql-server/tsql"), false);
    assert.equal(await isRefused("provider/azure/client.ts", "@azure/core-lro"), false);
    assert.equal(await isRefused("lab/src/managed-instance/links.ts", "../sql-server/model"), false);
  });
});
