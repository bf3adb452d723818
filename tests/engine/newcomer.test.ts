import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { findEngine } from "#tools/engine/find";
import { cacheFolder } from "#tools/setup/cache";
import { environmentOfAUser, type Packed, pack, shell } from "../support/packed";
import { newcomer, readme } from "../support/readme";

/** From an empty folder, with the two packages as npm would publish them. Nothing is typed that README.md does not say. */
describe("a newcomer, who types what README.md says", function () {
  this.timeout(600_000);
  let folder: string;
  let cwd: string;
  let env: NodeJS.ProcessEnv;
  let packed: Readonly<Record<string, Packed>>;

  const type = (command: string, input?: string) => {
    // The packages are not published yet.
    const words = command.split(" ").map((word) => packed[word]?.file ?? word);
    return shell(command.startsWith("npm install ") ? words.join(" ") : command, { cwd, env, input });
  };

  const megabytes = async (path: string) => parseInt(await shell(`du -sk ${path}`, { cwd }), 10) / 1024;

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "mi-link-newcomer-")));
    const [provider, lab] = await Promise.all([pack("provider", folder), pack("lab", folder)]);
    packed = { "pulumi-mi-link": provider, "mi-link-lab": lab };
    cwd = join(folder, "links");
    for (const name of ["links", "state", "home"]) await mkdir(join(folder, name));
    const engine = findEngine(cacheFolder());
    assert.ok(engine, "there is an engine");
    env = environmentOfAUser({
      // They have logged in, and answer what `stack init` and `up` ask on a terminal.
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_SKIP_CONFIRMATIONS: "true",
      PULUMI_HOME: join(folder, "home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
    env.PATH = [engine.bin, env.PATH].join(delimiter);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("installs the package in an empty folder", async () => {
    for (const command of newcomer.install) await type(command);
    for (const [name, text] of Object.entries(newcomer.files)) await writeFile(join(cwd, name), text);
  });

  it("has installed as much as README.md says", async () => {
    const [, packagesOfPulumi, sizeOfPulumi, packages, size] =
      /(\d+) packages \((\d+) MB\) of Pulumi's SDK it\s+installs (\d+)\s+packages \((\d+) MB\)/
        .exec(readme)
        ?.map(Number) ?? [];
    const said = { packages: Number(packagesOfPulumi) + Number(packages), size: Number(sizeOfPulumi) + Number(size) };
    const lock = JSON.parse(await readFile(join(cwd, "package-lock.json"), "utf8"));
    // But the folder itself, and TypeScript.
    const found = { packages: Object.keys(lock.packages).length - 2, size: -24 + (await megabytes("node_modules")) };
    for (const measure of ["packages", "size"] as const)
      assert.ok(Math.abs(found[measure] / said[measure] - 1) < 0.1, `${measure}: ${found[measure]}`);
  });

  it("has a first link, connected, by three commands, and sees what README.md shows", async () => {
    assert.equal(newcomer.tryIt.length, 3);
    const [install = "", open = "", ...inTheShell] = newcomer.tryIt;
    const started = performance.now();
    await type(install);
    const installed = performance.now();
    const seen = await type(open, `${inTheShell.join("\n")}\n`);
    const seconds = (from: number, to: number) => Math.round((to - from) / 1000);
    console.log(
      `      a connected link ${seconds(installed, performance.now())} s after the install, which took ${seconds(started, installed)} s`,
    );

    // A terminal shows a tree, and here there is none: a line whenever something begins or ends.
    const rows = [...newcomer.prints.matchAll(/^ \+ +[├│└─ ]*(\S+) +(\S+) +created/gm)];
    assert.equal(rows.length, 13);
    for (const [, kind, name] of rows) assert.match(seen, new RegExp(`^ \\+  ${kind} ${name} creat(e|ed) `, "m"));
    for (const line of ['health: "Healthy"', "+ 13 created"])
      for (const text of [newcomer.prints, seen]) assert.ok(text.replaceAll(/ +/g, " ").includes(line), line);
  });

  it("configures the same program for real servers by five commands", async () => {
    assert.equal(newcomer.realServers.length, 5);
    const [init = "", configure = ""] = newcomer.realServers;
    await type(`${init} && ${configure}`);
    const configured = Object.keys(parse(await readFile(join(cwd, "Pulumi.prod.yaml"), "utf8")).config);
    const program = newcomer.files["index.ts"];
    const read = [...program.matchAll(/config\.(\w+)\("(\w+)"\)/g)];
    const needed = read.flatMap(([, how, key]) => (how === "require" ? [`links:${key}`] : []));
    assert.deepEqual(configured.toSorted(), needed.toSorted(), "what the program needs, and nothing else");
    const variables = [...program.matchAll(/"env:(\w+)"/g)].map(([, name = ""]) => name);
    assert.ok(variables.includes(/export (\w+)$/.exec(newcomer.realServers[3] ?? "")?.[1] ?? ""));
  });

  it("may write programs in CommonJS and in ESM too", async () => {
    const use = `
      if (typeof MasterKey !== "function" || typeof InstancePairing !== "function") throw new Error("not the classes");
      if (typeof handler("MasterKey").create !== "function") throw new Error("not what states ask for");`;
    const names = "{ InstancePairing, MasterKey }";
    await writeFile(
      join(cwd, "program.cjs"),
      `const ${names} = require("pulumi-mi-link"); const { handler } = require("pulumi-mi-link/dynamic"); ${use}`,
    );
    await writeFile(
      join(cwd, "program.mjs"),
      `import ${names} from "pulumi-mi-link"; import { handler } from "pulumi-mi-link/dynamic"; ${use}`,
    );
    await Promise.all([type("node program.cjs"), type("node program.mjs")]);
  });
});
