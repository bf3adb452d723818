import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { supplyCompanions } from "#tools/engine/companions";
import { builtEngineFolder, engineVersion, findEngine, launcherHome } from "#tools/engine/find";

describe("the search for an engine", () => {
  let folder: string;
  let cache: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "mi-link-find-")));
    cache = join(folder, "cache");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function program(bin: string, name: string, says: string): Promise<string> {
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, name), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
    return bin;
  }

  async function firstLineOf(program: string): Promise<string> {
    const child = spawn(program, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [line] = await once(createInterface(child.stdout), "line");
      return line;
    } finally {
      child.kill();
    }
  }

  it("takes the one on PATH when it is new enough", async () => {
    const bin = await program(join(folder, "bin"), "pulumi", "v3.300.1");
    await program(join(builtEngineFolder(cache), "bin"), "pulumi", "never asked");
    assert.deepEqual(findEngine(cache, bin), { version: "3.300.1", origin: "path", bin });
  });

  it("passes by one on PATH that is too old, or no Pulumi at all", async () => {
    const built = await program(join(builtEngineFolder(cache), "bin"), "pulumi", "never asked");
    for (const says of ["v3.253.9", "pulumi who?"]) {
      const bin = await program(join(folder, "bin"), "pulumi", says);
      assert.deepEqual(findEngine(cache, bin), { version: engineVersion, origin: "built", bin: built }, says);
    }
  });

  it("does not ask the one of the cache for its version, which is known", async () => {
    const built = await program(join(builtEngineFolder(cache), "bin"), "pulumi", "v3.300.1");
    assert.deepEqual(findEngine(cache, built), { version: engineVersion, origin: "built", bin: built });
  });

  it("prefers the official release to one built here", async () => {
    await program(join(builtEngineFolder(cache), "bin"), "pulumi", "never asked");
    const official = join(launcherHome(cache), "versions", engineVersion, "bin");
    await program(official, "pulumi", "never asked");
    assert.equal(findEngine(cache, "")?.bin, official);
  });

  it("does not take an interrupted build for an engine", async () => {
    await program(join(cache, "engine", ".building-1", "bin"), "pulumi", "half of it");
    assert.equal(findEngine(cache, ""), undefined);
  });

  describe("what an engine starts for a Node.js project", () => {
    const names = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

    it("is supplied, ready to run, where the engine came without it", async () => {
      const own = join(folder, "own");
      const root = join(__dirname, "..", "..", "..");
      assert.equal(await supplyCompanions(root, own, join(folder, "empty")), true);
      assert.deepEqual((await readdir(own)).filter((name) => !name.endsWith(".made-from")).sort(), names);
      for (const name of names) assert.equal((await stat(join(own, name))).mode & 0o777, 0o755);
      const port = await firstLineOf(join(own, "pulumi-language-nodejs"));
      assert.match(port, /^\d+$/, "it serves there");
    }).timeout(600_000); // with nothing cached, Go compiles for it beside the engine

    it("is left alone where it came with the engine", async () => {
      const bin = join(folder, "official");
      for (const name of names) await program(bin, name, "official");
      const own = join(folder, "own");
      assert.equal(await supplyCompanions(folder, own, [join(folder, "empty"), bin].join(delimiter)), false);
      await assert.rejects(stat(own), { code: "ENOENT" });
    });
  });
});
