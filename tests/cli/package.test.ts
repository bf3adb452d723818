import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { runCli } from "../support/command-line";
import { environmentOfAUser, type Packed, pack, shell } from "../support/packed";
import { repositoryRoot } from "../support/repository";

const provider = join(repositoryRoot, "provider");
const manifest = (folder: string) => JSON.parse(readFileSync(join(repositoryRoot, folder, "package.json"), "utf8"));

// npm's own installation is in tests/engine/newcomer.test.ts, with Pulumi.
describe("the package pulumi-mi-link", function () {
  this.timeout(300_000);
  let folder: string;
  let packed: Packed;
  const inPackage = (path: string) => shell(`tar -xOf "${packed.file}" "package/${path}"`, { cwd: folder });

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "mi-link-package-")));
    packed = await pack("provider", folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("holds compiled code and what is to be read, and nothing else, in less than 300 kB", () => {
    const others = packed.paths.filter((path) => !/^dist\/.+\.(js|d\.ts)$/.test(path));
    assert.deepEqual(others.toSorted(), ["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
    assert.ok(packed.bytes < 300_000, `${packed.bytes} bytes`);
    const aliased = packed.paths.filter(
      (path) => path.endsWith(".js") && /(require|import)\("#/.test(readFileSync(join(provider, path), "utf8")),
    );
    assert.deepEqual(aliased, [], "it imports by paths");
  });

  it("holds the declarations that its entries lead to", () => {
    const declarations = packed.paths.filter((path) => path.endsWith(".d.ts"));
    const named = declarations.flatMap((path) =>
      [...readFileSync(join(provider, path), "utf8").matchAll(/(?:from |import |import\()"(\.[^"]+)"/g)].map(
        ([, name = ""]) => {
          const target = posix.join(posix.dirname(path), name);
          return declarations.find((each) => each === `${target}.d.ts` || each === `${target}/index.d.ts`) ?? target;
        },
      ),
    );
    const entries = Object.values(manifest("provider").exports).flatMap((entry) =>
      typeof entry === "string" ? [] : [String(Object(entry).types).replace("./", "")],
    );
    assert.deepEqual(new Set([...entries, ...named]), new Set(declarations));
  });

  it("says where it comes from, as mi-link-lab does, and its pages lead there", async () => {
    const { repository } = manifest("");
    const address = repository.url.replace(/^git\+|\.git$/g, "");
    for (const directory of ["provider", "lab"]) {
      const { repository: its, homepage, bugs, keywords, license, description } = manifest(directory);
      assert.deepEqual(its, { ...repository, directory });
      assert.ok(homepage.startsWith(address) && bugs.url === `${address}/issues`, directory);
      assert.ok(keywords.length > 4 && license === "Apache-2.0" && description.length > 20, directory);
    }
    for (const page of ["README.md", "CHANGELOG.md"]) {
      const links = [...(await inPackage(page)).matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target);
      assert.ok(
        links.some((target) => target.startsWith(`${address}/blob/main/docs/`)),
        page,
      );
      assert.deepEqual(
        links.filter((target) => !/^(https:|#)/.test(target)),
        [],
      );
    }
    assert.match(await inPackage("LICENSE"), /Apache License/);
  });

  it("has a command that a shell can run", async () => {
    const main = manifest("provider").bin["mi-link"].replace("./", "");
    assert.ok(packed.paths.includes(main));
    assert.match(await inPackage(main), /^#!\/usr\/bin\/env node\n/);
  });

  for (const { manager, install } of [
    {
      manager: "pnpm",
      install: (file: string) =>
        `npm exec --package=pnpm@12 -- pnpm add --prefer-offline --allow-build=protobufjs "${file}" @pulumi/pulumi`,
    },
    {
      manager: "yarn",
      install: (file: string) =>
        `npm exec --package=@yarnpkg/cli-dist@4 -- yarn add "pulumi-mi-link@file:${file}" @pulumi/pulumi`,
    },
  ])
    it(`installed by ${manager}, works in CommonJS and in ESM`, async () => {
      const cwd = join(folder, manager);
      await mkdir(cwd);
      const env = environmentOfAUser({
        YARN_NODE_LINKER: "node-modules", // Pulumi finds nothing in yarn's archives
        YARN_ENABLE_TELEMETRY: "false",
        YARN_ENABLE_IMMUTABLE_INSTALLS: "false",
      });
      const uses = `
        if (typeof InstancePairing !== "function") throw new Error("not the classes");
        if (typeof handler("MasterKey").create !== "function") throw new Error("not what states ask for");`;
      const names = "{ InstancePairing }";
      const files = {
        "package.json": '{ "private": true }',
        "yarn.lock": "",
        "program.cjs": `const ${names} = require("pulumi-mi-link"); const { handler } = require("pulumi-mi-link/dynamic"); ${uses}`,
        "program.mjs": `import ${names} from "pulumi-mi-link"; import { handler } from "pulumi-mi-link/dynamic"; ${uses}`,
      };
      for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
      await shell(install(packed.file), { cwd, env });
      await shell("node program.cjs && node program.mjs", { cwd, env });
      const help = await shell(join("node_modules", ".bin", "mi-link --help"), { cwd, env });
      assert.match(help, /^Usage: mi-link/);
    });
});

describe("mi-link", () => {
  it("lists its commands and exit codes", async () => {
    const { code, stdout } = await runCli(["--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /import \[options\][\s\S]*Exit codes: 0 done, 1 failed, 2 the command line is wrong/);
    assert.equal((await runCli(["--version"])).stdout.trim(), "0.1.0");
  });

  it("completes commands and options for four shells", async () => {
    for (const shell of ["bash", "zsh", "fish", "powershell"])
      assert.match((await runCli(["completion", shell])).stdout, /mi-link complete/, shell);
    assert.match((await runCli(["complete", "--", "pre"])).stdout, /^preflight\tTest what links need/);
    assert.match((await runCli(["complete", "--", "preflight", "--sql"])).stdout, /^--sql-server\t/);
  });
});
