import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { exportStack, sourcesOfState } from "#provider/cli/status/stack-sources";
import { scrub } from "#provider/errors/secrets";
import { repositoryRoot } from "../support/repository";

const stateOf = (name: string): Promise<string> =>
  readFile(join(repositoryRoot, "tests", "fixtures", "states", name, "up.json"), "utf8");

describe("what a stack has of links", () => {
  it("is its servers, instances and links, whatever made them", async () => {
    for (const name of ["quickstart", "components", "single-resources"]) {
      const { sqlServers, managedInstances, links, problems } = sourcesOfState(await stateOf(name), "env:PASSWORD");
      assert.equal(sqlServers.length, 1, name);
      assert.deepEqual([sqlServers[0]?.host, sqlServers[0]?.credential], ["127.0.0.11", "env:PASSWORD"], name);
      assert.match(managedInstances.join(), /^\/subscriptions\/[^/]+\/resourceGroups\/rg-lab\/[^,]*\/sqlmi1$/);
      assert.deepEqual(problems, [], name);
      assert.equal(links?.length, name === "components" ? 2 : 1, name);
      for (const link of links ?? []) {
        assert.equal(
          link.address,
          "127.0.0.11:1433",
          `${name}: by the distributed group, where the link itself does not say`,
        );
        assert.equal(link.managedInstanceId, managedInstances[0]);
      }
    }
  });

  it("keeps secrets, and reads those that are in clear", async () => {
    const closed = sourcesOfState(await stateOf("step-by-step"), undefined);
    assert.deepEqual(closed.sqlServers, []);
    assert.match(closed.problems?.[0]?.cause ?? "", /^its password is encrypted in this state\.$/);
    assert.equal(closed.problems?.length, 1, "it is told once");

    const state = JSON.parse(await stateOf("step-by-step"));
    const opened = JSON.stringify(state).replaceAll(/"ciphertext":"[^"]*"/g, '"plaintext":"\\"Not-to-be-told-1\\""');
    const { sqlServers, config } = sourcesOfState(opened, undefined);
    assert.equal(sqlServers[0]?.password, "Not-to-be-told-1");
    assert.equal(scrub("it was Not-to-be-told-1"), "it was [secret]");
    assert.equal(config("masterKeyPassword") ?? config("sqlServerPassword"), "Not-to-be-told-1");
  });

  it("is asked of pulumi with its secrets, which go to no file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mi-link-stack-"));
    const { PATH } = process.env;
    try {
      const program = join(folder, "pulumi");
      await writeFile(
        program,
        `#!${process.execPath}\nconsole.log(JSON.stringify({ deployment: { args: process.argv.slice(2) } }));\n`,
      );
      await chmod(program, 0o755);
      process.env.PATH = [folder, PATH].join(delimiter);
      const asked = JSON.parse(await exportStack("acme/links/prod")).deployment.args;
      assert.deepEqual(asked, ["stack", "export", "--show-secrets", "--stack", "acme/links/prod"]);
      assert.equal(JSON.parse(await exportStack(undefined)).deployment.args.length, 3);

      await writeFile(
        program,
        `#!${process.execPath}\nconsole.error("error: no stack named 'prod' found");\nprocess.exit(255);\n`,
      );
      await assert.rejects(exportStack("prod"), {
        message:
          /^Could not read the stack prod\.\n {2}error: no stack named 'prod' found\n {2}Likely cause: pulumi stack export failed\./,
      });
      process.env.PATH = join(folder, "nowhere");
      await assert.rejects(exportStack(undefined), { message: /the Pulumi CLI is not on PATH.*\n.*--state FILE/ });
    } finally {
      process.env.PATH = PATH;
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("is refused where it is not what pulumi stack export writes", () => {
    for (const text of ["", "{}", "[]", "null", "not json"])
      assert.throws(() => sourcesOfState(text, undefined), { message: /it is not what pulumi stack export writes/ });
  });
});
