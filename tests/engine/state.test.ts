import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Finished, succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";

/** Both read passwords from the environment. `passwords.test.ts` is about passwords in the program, which are secrets in the state. */
const programs = [
  ["the quick start", repositoryRoot],
  ["the ten resources one by one", join(repositoryRoot, "examples", "step-by-step")],
] as const;

for (const [title, directory] of programs)
  describe(`the state of ${title}, with the real engine`, function () {
    this.timeout(300_000);
    let quickstart: Quickstart;
    const runs: Finished[] = [];
    before(async () => {
      quickstart = await startQuickstart({}, directory);
      const { project, sqlServer } = quickstart;
      runs.push(await project.preview(), await project.up());
      await sqlServer.query("ALTER ENDPOINT [database_mirroring_endpoint] STATE = STOPPED");
      runs.push(await project.refresh(), await project.preview({ args: ["--diff"] }), await project.up());
      for (const run of runs) succeeded(run);
    });
    after(() => quickstart.close());

    it("is small: handler text of at most 100 bytes, 4 kB a resource, 8 kB a certificate", async () => {
      const { deployment } = await quickstart.project.exportState();
      const dynamic = (deployment.resources ?? []).filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic"));
      assert.equal(dynamic.length, 10);
      for (const resource of dynamic) {
        const size = JSON.stringify(resource).length;
        const limit = /Certificate$/.test(resource.type) ? 8192 : 4096;
        assert.ok(size <= limit, `${resource.urn} takes ${size} bytes, more than ${limit}`);
        const handler = String(resource.inputs?.__provider);
        assert.match(handler, /^exports\.handler=/);
        assert.ok(handler.length <= 100, `${handler} has ${handler.length} bytes`);
        assert.equal(resource.outputs?.__provider, handler);
      }
    });

    it("shows no password, token or private key, nor does any output or file of the run", async () => {
      const { project, folder, secrets, lab } = quickstart;
      const exported = JSON.stringify(await project.exportState());
      const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
      const texts = [
        ["the exported state", exported] as const,
        ...runs.map((run, i) => [`the output of run ${i}`, run.stdout + run.stderr] as const),
        ["the lab's record of statements", JSON.stringify(lab.journal.entries)] as const,
        ...(await Promise.all(
          files.map(
            async (file) =>
              [join(file.parentPath, file.name), await readFile(join(file.parentPath, file.name), "latin1")] as const,
          ),
        )),
      ];
      assert.ok(files.length > 0);
      const tokens = /eyJ[\w-]{20,}\.[\w-]{10,}|PRIVATE KEY/;
      for (const [where, text] of texts) {
        for (const secret of secrets) assert.ok(!text.includes(secret), `a secret is in ${where}`);
        assert.doesNotMatch(text, tokens, `a token or key is in ${where}`);
      }
      assert.ok(secrets.every((secret) => secret.length > 5) && secrets.length === 3);
    });
  });
