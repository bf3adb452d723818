import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { runCli } from "../support/command-line";
import { repositoryRoot } from "../support/repository";

describe("mi-link lab", function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "mi-link-lab-command-")));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const install = async () => {
    await mkdir(join(folder, "node_modules"));
    await symlink(join(repositoryRoot, "lab"), join(folder, "node_modules", "mi-link-lab"), "junction");
  };

  it("says how to install the package where it is not", async () => {
    const { code, stderr } = await runCli(["lab", "--", "node"], {}, folder);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^Could not start the lab\.\n.*mi-link-lab is not installed in .*\n.*npm install --save-dev mi-link-lab$/m,
    );
  });

  it("runs a command in the lab's environment, with a stack's configuration, until the command ends", async () => {
    await install();
    const look = `
      const text = require("node:fs").readFileSync("Pulumi.lab.yaml", "utf8");
      console.log(JSON.stringify({ text, arguments: process.argv.slice(1), env: process.env, caFile: require("node:fs").existsSync(process.env.MI_LINK_CA_FILE) }));
      process.exitCode = 7;`;
    const { code, stdout } = await runCli(
      ["lab", "--stack-file", "Pulumi.lab.yaml", "--", process.execPath, "-e", look, "--", "--json"],
      {},
      folder,
    );
    assert.equal(code, 7, "the command's own");
    const seen = JSON.parse(stdout.split("\n").at(-2) ?? "");
    assert.deepEqual(seen.arguments, ["--json"], "all that follows is the command's");
    assert.equal(seen.caFile, true);
    assert.match(seen.env.MI_LINK_ARM_ENDPOINT, /^https:/);
    for (const [name, user, variable] of [
      ["sqlserver1", "sa", "SQL_SERVER_PASSWORD"],
      ["sqlmi1", "miadmin", "MANAGED_INSTANCE_PASSWORD"],
    ] as const) {
      assert.match(seen.env[variable], /^Lab-/);
      assert.match(stdout, new RegExp(`^${name} +[\\d.]+:\\d+ {2}user ${user}, password in ${variable}$`, "m"));
    }
    const { config } = parse(seen.text);
    assert.equal(config.sqlServerCaFile, seen.env.MI_LINK_CA_FILE);
    assert.match(config.managedInstanceId, /\/managedInstances\/sqlmi1$/);
    for (const file of [join(folder, "Pulumi.lab.yaml"), config.sqlServerCaFile]) assert.ok(!existsSync(file), file);
  });

  it("overwrites no stack's configuration, and passes on what the lab says of its options", async () => {
    await install();
    const { code, stderr } = await runCli(["lab", "--stack-file", "node_modules", "--", "node"], {}, folder);
    assert.equal(code, 2);
    assert.match(stderr, /^mi-link-lab: node_modules is there already/);
    assert.match((await runCli(["lab", "--help"], {}, folder)).stdout, /^Usage: mi-link-lab/);
  });
});
