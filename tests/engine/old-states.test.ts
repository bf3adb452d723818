import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ExportedState, type Operation, openProject, type StackResource, succeeded } from "#tools/pulumi";
import { startQuickstart } from "../support/quickstart";
import { fixture, repositoryRoot } from "../support/repository";

// States made before issue 8: see tests/fixtures/states/README.md.
const program = (name: string) => join(repositoryRoot, "tests", "engine", "projects", `old-${name}`);
const stored = async (name: string, file: string) => JSON.parse(await readFile(fixture("states", name, file), "utf8"));

/** The run changes nothing and warns of nothing. */
function assertQuiet(run: Operation): void {
  assert.deepEqual(
    run.changes.map(({ op, name, diffs }) => `${op} ${name} ${diffs}`),
    [],
    run.stdout,
  );
  assert.deepEqual(
    run.diagnostics.filter(({ severity, ephemeral }) => !ephemeral && severity !== "info"),
    [],
  );
}

describe("a state made by the first version, with the real engine", function () {
  this.timeout(120_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "mi-link-test-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const name of ["quickstart", "step-by-step", "components", "single-resources"]) {
    it(`previews unchanged: ${name}`, async () => {
      const project = await openProject({ directory: program(name), stateDirectory: join(folder, name) });
      await project.config({ plain: await stored(name, "config.json") });
      for (const file of ["up.json", "refresh.json"]) {
        const state: ExportedState = await stored(name, file);
        await project.importState(state);
        const preview = succeeded(await project.preview());
        assert.equal(preview.steps.length, state.deployment.resources?.filter(isDeclared).length);
        assertQuiet(preview);
      }
    });
  }

  it("is refreshed, previewed and destroyed without a change or a warning while its link runs", async () => {
    const quickstart = await startQuickstart({}, program("quickstart"));
    try {
      const { project } = quickstart;
      const [sqlServerPassword = "", masterKeyPassword = ""] = quickstart.secrets;
      await project.config({ secret: { sqlServerPassword, masterKeyPassword } });
      succeeded(await project.up());
      await project.importState(asMadeBy(await stored("quickstart", "up.json"), await project.exportState()));
      assertQuiet(succeeded(await project.refresh()));
      assertQuiet(succeeded(await project.preview()));
      assert.equal((await quickstart.verify()).connected, true);
      succeeded(await project.destroy());
    } finally {
      await quickstart.close();
    }
  });
});

const isDeclared = ({ type }: StackResource): boolean => !type.startsWith("pulumi:providers:");

/** The state of a running stack with no more in it than the first version would have written: what the fixture has. */
function asMadeBy(old: ExportedState, running: ExportedState): ExportedState {
  const pick = (names: object | undefined, values: Readonly<Record<string, unknown>> | undefined) =>
    Object.fromEntries(Object.entries(values ?? {}).filter(([name]) => name in (names ?? {})));
  const resources = running.deployment.resources?.map((resource) => {
    const before = old.deployment.resources?.find(({ urn }) => urn === resource.urn);
    if (!resource.type.startsWith("pulumi-nodejs:dynamic")) return resource;
    assert.ok(before, `the first version did not make ${resource.urn}`);
    return {
      ...resource,
      inputs: pick(before.inputs, resource.inputs),
      outputs: { ...pick(before.outputs, resource.outputs), __v: 1 },
    };
  });
  return { ...running, deployment: { ...running.deployment, resources } };
}
