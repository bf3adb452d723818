import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProject, type Project, type Step, succeeded } from "#tools/pulumi";

const directory = join(__dirname, "..", "..", "engine", "projects", "do-nothing");

const words = (steps: readonly Step[]) => steps.map(({ op, name }) => `${op} ${name}`).sort();

describe("the real engine", function () {
  this.timeout(120_000);
  let stateDirectory: string;
  let project: Project;

  before(async () => {
    stateDirectory = await mkdtemp(join(tmpdir(), "mi-link-engine-"));
    project = await openProject({ directory, stateDirectory });
    await project.config({ plain: { size: "1" }, secret: { word: "Sésame;'" } });
  });

  after(() => rm(stateDirectory, { recursive: true, force: true }));

  it("previews what it would create, and creates nothing", async () => {
    const preview = succeeded(await project.preview());
    assert.deepEqual(words(preview.changes), ["create do-nothing-dev", "create memory"]);
    const state = await project.exportState();
    assert.deepEqual(state.deployment.resources ?? [], []);
  });

  it("creates what the program declares", async () => {
    const lines: string[] = [];
    const up = succeeded(await project.up({ onOutput: (text) => lines.push(text) }));
    assert.deepEqual(words(up.changes), ["create do-nothing-dev", "create memory"]);
    assert.equal(lines.join(""), up.stdout + up.stderr);
    assert.deepEqual(await project.outputs(), { size: 1, id: "remembered" });
  });

  it("keeps a secret encrypted in the state", async () => {
    const state = JSON.stringify(await project.exportState());
    assert.match(state, /ciphertext/);
    assert.doesNotMatch(state, /Sésame/);
  });

  it("finds nothing to do when nothing has changed", async () => {
    const preview = succeeded(await project.preview());
    assert.deepEqual(words(preview.steps), ["same do-nothing-dev", "same memory"]);
    assert.deepEqual(preview.changes, []);
  });

  it("refreshes without finding a change", async () => {
    assert.deepEqual(succeeded(await project.refresh({ previewOnly: true })).changes, []);
    assert.deepEqual(succeeded(await project.refresh()).changes, []);
  });

  it("updates what the configuration changes", async () => {
    await project.config({ plain: { size: "2" } });
    const up = succeeded(await project.up());
    assert.deepEqual(words(up.changes), ["update memory"]);
    assert.equal((await project.outputs()).size, 2);
  });

  it("says why a program can't run", async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), "mi-link-engine-"));
    try {
      const unconfigured = await openProject({ directory, stateDirectory: elsewhere });
      const preview = await unconfigured.preview();
      assert.equal(preview.ok, false);
      assert.match(preview.diagnostics.map(({ message }) => message).join("\n"), /do-nothing:size/);
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });

  it("destroys all of it and leaves the program's folder as it was", async () => {
    const destroy = succeeded(await project.destroy());
    assert.deepEqual(words(destroy.changes), ["delete do-nothing-dev", "delete memory"]);
    assert.deepEqual((await project.exportState()).deployment.resources ?? [], []);
    assert.deepEqual((await readdir(directory)).sort(), ["Pulumi.yaml", "index.js", "package.json"]);
  });
});
