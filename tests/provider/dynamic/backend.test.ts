import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { backendOf } from "#provider/dynamic/backend";

describe("the backend of a stack, by which notes on a server tell stacks of one name apart", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mi-link-test-"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: links\nruntime: nodejs\n");
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const of = (env: NodeJS.ProcessEnv) => backendOf({ PULUMI_HOME: folder, ...env }, folder);

  it("is the one that the environment names, before that of the project, before that of the login", () => {
    writeFileSync(join(folder, "credentials.json"), JSON.stringify({ current: "https://api.pulumi.com" }));
    assert.equal(of({}), "https://api.pulumi.com");
    writeFileSync(join(folder, "Pulumi.yaml"), "name: links\nruntime: nodejs\nbackend:\n  url: s3://of-the-project\n");
    assert.equal(of({}), "s3://of-the-project");
    assert.equal(of({ PULUMI_BACKEND_URL: "gs://of-the-environment" }), "gs://of-the-environment");
  });

  it("is told with the machine's name where it is a folder, or not known: every machine has one of that name", () => {
    assert.equal(of({ PULUMI_BACKEND_URL: "file:///srv/state" }), `file:///srv/state on ${hostname()}`);
    assert.equal(of({ PULUMI_BACKEND_URL: "file:///srv/state?metadata=skip" }), `file:///srv/state on ${hostname()}`);
    assert.equal(of({}), `an unknown place on ${hostname()}`);
    writeFileSync(join(folder, "credentials.json"), "not json");
    assert.equal(of({}), `an unknown place on ${hostname()}`);
  });

  it("is told without login data, and differs where the query does", () => {
    const one = of({ PULUMI_BACKEND_URL: "postgres://me:secret@db/state?sslkey=hidden" });
    assert.match(one, /^postgres:\/\/db\/state\?[0-9a-f]{8}$/);
    assert.equal(of({ PULUMI_BACKEND_URL: "postgres://me:se@cret@db/state" }), "postgres://db/state");
    assert.notEqual(one, of({ PULUMI_BACKEND_URL: "postgres://me:secret@db/state?sslkey=other" }));
  });
});
