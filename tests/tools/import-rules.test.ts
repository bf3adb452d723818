import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
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
  ["cli"],
];

/** A floor of the provider imports the floors below it; what stands beside it is none of them. */
function floorRules(floor: string): Rule[] {
  const at = floors.findIndex((names) => names.includes(floor));
  const file = `provider/${floor}/some/file.ts`;
  return floors
    .flatMap((names, other) =>
      names.filter((name) => name !== floor).flatMap((name) => refuse([file], [`../../${name}/file`], other >= at)),
    )
    .concat(floor === "dynamic" ? [] : refuse([file], ["../../index", "../.."]));
}

const labFloors = ["faults", "tsql", "tds", "sql-server", "managed-instance"];
const aboveInLab: Readonly<Record<string, readonly string[]>> = {
  faults: ["tsql", "tds", "sql-server", "managed-instance"],
  tds: ["sql-server", "managed-instance"],
  "sql-server": ["managed-instance"],
  "managed-instance": [],
};

function labFloorRules(floor: string): Rule[] {
  const others = labFloors.filter((name) => name !== floor);
  return others.flatMap((name) =>
    refuse([`lab/src/${floor}/file.ts`], [`../${name}/file`], aboveInLab[floor]?.includes(name)),
  );
}

const words = ["types", "messages", "not-spoken", "values/file", "syntax/file"];
const server = [...words, "stored", "host"];
const upper = ["parser", "data/file", "query/file", "executor/file", "procedures", "index"];

/** The layers of the lab's language, each with what is below it. */
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
  procedures: [...server, ...upper],
};

function layerRules(layer: string): Rule[] {
  const file = `lab/src/tsql/${layer}.ts`;
  const depth = layer.split("/").length - 1;
  const from = (module: string) =>
    depth === 0 && !module.startsWith("..") ? `./${module}` : "../".repeat(depth) + module;
  const others = [...server, ...upper, "../tds/file", "../sql-server/file"].filter((module) => module !== layer);
  return [
    ...others.flatMap((module) => refuse([file], [from(module)], !layers[layer]?.includes(module))),
    ...refuse([file], ["@pulumi/pulumi"]),
    ...allow([file], ["node:fs"]),
  ];
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
  "let Pulumi into resource.ts, components/, dynamic/, cli/ and index.ts": allow(
    inProvider(["resources/instance-link/resource", "components/link", "dynamic/handler", "cli/main", "index"]),
    pulumi,
  ),
  "leave what belongs to a half to itself": [
    ...allow(["provider/resources/master-key/lifecycle.ts"], ["../../sql-server/tsql"]),
    ...allow(["provider/azure/client.ts"], ["@azure/core-lro"]),
    ...allow(["lab/src/managed-instance/links.ts"], ["../sql-server/model"]),
  ],
  ...Object.fromEntries(
    floors.flat().map((floor) => [`let provider/${floor} import the floors below it, and no other`, floorRules(floor)]),
  ),
  ...Object.fromEntries(
    Object.keys(aboveInLab).map((floor) => [
      `let lab/src/${floor} import the floors below it, and no other`,
      labFloorRules(floor),
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(layers).map((layer) => [
      `let lab/src/tsql/${layer} import the layers below it, and no other`,
      layerRules(layer),
    ]),
  ),
};

describe("the import rules", () => {
  let folder: string;
  let refused: ReadonlySet<string>;

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "mi-link-lint-")));
    const config = JSON.parse(await readFile(join(root, "biome.json"), "utf8"));
    await writeFile(join(folder, "biome.json"), JSON.stringify({ ...config, vcs: { enabled: false } }));
    for (const half of ["provider", "lab"]) {
      await mkdir(join(folder, half));
      await copyFile(join(root, half, "biome.json"), join(folder, half, "biome.json"));
    }
    refused = await lint(folder, Object.values(rules).flat());
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [title, its] of Object.entries(rules))
    it(title, () => {
      for (const { file, specifiers, isRefused } of its)
        for (const specifier of specifiers)
          assert.equal(refused.has(`${file} ${specifier}`), isRefused, `${file} ${specifier}`);
    });

  it("are not gone round by import() or require(): only a class asks so for its lifecycle, a command for what it starts, and the first preflight of a program", async () => {
    for (const half of ["provider", join("lab", "src")]) {
      const all = await readdir(join(root, half), { recursive: true });
      const files = all.filter((name) => name.endsWith(".ts") && !/^(?:dist|node_modules)\b/.test(name));
      assert.ok(files.length > 80);
      for (const file of files) {
        const found = (await readFile(join(root, half, file), "utf8")).matchAll(/\b(?:import|require)\("(\.[^"]*)"\)/g);
        for (const [, specifier] of found)
          assert.match(
            `${file} ${specifier}`,
            /^resources\/[\w-]+\/resource\.ts \.\/lifecycle$|^main\.ts \.\/index\.js$|^preflight\/for-programs\.ts \./,
          );
      }
    }
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
