import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(__dirname, "..", "..", "..");

/** What is imported where, and whether it is refused. */
interface Rule {
  readonly file: string;
  readonly specifiers: readonly string[];
  readonly isRefused: boolean;
}

const pulumi = ["@pulumi/pulumi", "@pulumi/pulumi/proto/engine_pb"];
const lab = ["mi-link-lab", "mi-link-lab/dist/main", "#lab/network", "../../lab/network", "../../lab"];
const provider = ["pulumi-mi-link", "pulumi-mi-link/dynamic", "#provider/sql-server/tsql", "../../provider/index"];

const refuse = (files: readonly string[], specifiers: readonly string[], isRefused = true): Rule[] =>
  files.map((file) => ({ file, specifiers, isRefused }));
const allow = (files: readonly string[], specifiers: readonly string[]): Rule[] => refuse(files, specifiers, false);

const inProvider = (names: readonly string[]): string[] => names.map((name) => `provider/${name}.ts`);

const floors = [
  ["errors"],
  ["arguments"],
  ["sql-server", "azure"],
  ["lifecycle"],
  ["resources"],
  ["components"],
  ["dynamic"],
];

/** A floor of the provider imports the floors below it; what stands beside it is none of them. */
function floorRules(floor: string): Rule[] {
  const at = floors.findIndex((names) => names.includes(floor));
  const file = `provider/${floor}/some/file.ts`;
  return floors.flatMap((names, other) =>
    names.filter((name) => name !== floor).flatMap((name) => refuse([file], [`../../${name}/file`], other >= at)),
  );
}

const rules: Readonly<Record<string, readonly Rule[]>> = {
  "keep the lab out of the provider": refuse(
    inProvider(["resources/master-key/lifecycle", "resources/master-key/resource", "components/pairing", "index"]),
    lab,
  ),
  "keep the provider out of the lab": refuse(["lab/src/tsql/host.ts"], provider),
  "keep Pulumi out of the lab": refuse(["lab/src/main.ts"], pulumi),
  "keep Pulumi out of what the provider does": refuse(
    inProvider([
      "resources/instance-link/lifecycle",
      "sql-server/tsql",
      "azure/client",
      "errors/catalogue",
      "lifecycle/diff",
    ]),
    pulumi,
  ),
  "let Pulumi into resource.ts, components/, dynamic/ and index.ts": allow(
    inProvider(["resources/instance-link/resource", "components/link", "dynamic/handler", "index"]),
    pulumi,
  ),
  "leave what belongs to a half to itself": [
    ...allow(["provider/resources/master-key/lifecycle.ts"], ["../../sql-server/tsql"]),
    ...allow(["provider/azure/client.ts"], ["@azure/core-lro"]),
    ...allow(["lab/src/tsql/host.ts"], ["../sql-server/model"]),
  ],
  ...Object.fromEntries(
    floors.flat().map((floor) => [`let provider/${floor} import the floors below it, and no other`, floorRules(floor)]),
  ),
};

describe("the import rules", () => {
  let folder: string;
  let refused: ReadonlySet<string>;

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "mi-link-lint-")));
    const config = JSON.parse(await readFile(join(root, "biome.json"), "utf8"));
    await mkdir(join(folder, "provider"));
    await writeFile(join(folder, "biome.json"), JSON.stringify({ ...config, vcs: { enabled: false } }));
    await copyFile(join(root, "provider", "biome.json"), join(folder, "provider", "biome.json"));
    refused = await lint(folder, Object.values(rules).flat());
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [title, its] of Object.entries(rules))
    it(title, () => {
      for (const { file, specifiers, isRefused } of its)
        for (const specifier of specifiers)
          assert.equal(refused.has(`${file} ${specifier}`), isRefused, `${file} ${specifier}`);
    });
});

/** Writes each file with all that it imports, a line each, and answers what the linter refuses of it. */
async function lint(folder: string, all: readonly Rule[]): Promise<ReadonlySet<string>> {
  const imports = new Map<string, string[]>();
  for (const { file, specifiers } of all) imports.set(file, [...(imports.get(file) ?? []), ...specifiers]);
  for (const [file, specifiers] of imports) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), specifiers.map((specifier) => `import "${specifier}";\n`).join(""));
  }
  const biome = join(root, "node_modules", ".bin", "biome");
  const args = ["lint", "--only=style/noRestrictedImports", "--max-diagnostics=none", "--colors=off"];
  const { stdout, stderr } = spawnSync(biome, args, { cwd: folder, encoding: "utf8" });
  const found = [...`${stdout}${stderr}`.matchAll(/^(\S+\.ts):(\d+):\d+ lint\/style\/noRestrictedImports/gm)];
  return new Set(found.map(([, file = "", line]) => `${file} ${imports.get(file)?.[Number(line) - 1]}`));
}
