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
    await mkdir(join(folder, "provider"));
    await copyFile(join(root, "provider", "biome.json"), join(folder, "provider", "biome.json"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Whether a file that imports something is refused. */
  async function isRefused(file: string, specifier: string): Promise<boolean> {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `import * as other from "${specifier}";\n\nexport const used = other;\n`);
    const biome = join(root, "node_modules", ".bin", "biome");
    const { status, stdout, stderr } = spawnSync(biome, ["lint", "--only=style/noRestrictedImports", file], {
      cwd: folder,
      encoding: "utf8",
    });
    const refused = /noRestrictedImports/.test(stdout + stderr);
    assert.equal(status, refused ? 1 : 0, stdout + stderr);
    return refused;
  }

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

  it("leave what belongs to a half to itself", async () => {
    assert.equal(await isRefused("provider/resources/master-key/lifecycle.ts", "../../sql-server/tsql"), false);
    assert.equal(await isRefused("provider/azure/client.ts", "@azure/core-lro"), false);
    assert.equal(await isRefused("lab/src/tsql/host.ts", "../sql-server/model"), false);
  });
});
