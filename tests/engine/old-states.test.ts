import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { resources } from "#provider/dynamic/index";
import { quickstartConfig } from "#tools/lab";
import { type ExportedState, type Operation, type StackResource, succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";
import { fixture, repositoryRoot } from "../support/repository";
import { connectedLinks } from "../support/watcher";

// States made before issue 8: see tests/fixtures/states/README.md.
const program = (name: string) => join(repositoryRoot, "tests", "engine", "projects", `old-${name}`);
const programs = ["quickstart", "step-by-step", "components", "single-resources"] as const;
const stored = async (name: string, file: string) => JSON.parse(await readFile(fixture("states", name, file), "utf8"));

/** The run changes nothing and warns of nothing. */
function assertQuiet(run: Operation): void {
  assert.deepEqual(
    run.changes.map(({ op, name, diffs }) => `${op} ${name} ${diffs}`),
    [],
    run.stdout,
  );
  assert.deepEqual(warnings(run), []);
}

const warnings = ({ diagnostics }: Operation) =>
  diagnostics.filter(({ severity, ephemeral }) => !ephemeral && severity !== "info");

describe("a state made by the first version, with the real engine", function () {
  this.timeout(120_000);

  it("is there of every resource class", async () => {
    const states: ExportedState[] = await Promise.all(programs.map((name) => stored(name, "up.json")));
    const types = states.flatMap(({ deployment }) => deployment.resources?.map(({ type }) => type.split(":").at(-1)));
    assert.deepEqual(
      Object.keys(resources).filter((type) => !types.includes(type)),
      [],
      "classes that came later: tests/fixtures/states/README.md says how to make a fixture",
    );
  });

  for (const name of programs)
    describe(name, () => {
      let quickstart: Quickstart;
      let empty: ExportedState;
      before(async () => {
        quickstart = await startQuickstart({ databases: 2 }, program(name));
        empty = await quickstart.project.exportState();
      });
      after(() => quickstart.close());

      it(`previews unchanged: ${name}`, async () => {
        const { project } = quickstart;
        await project.config({ plain: await stored(name, "config.json") });
        for (const file of ["up.json", "refresh.json"]) {
          const state: ExportedState = await stored(name, file);
          await project.importState(state);
          const preview = succeeded(await project.preview());
          assert.equal(preview.steps.length, state.deployment.resources?.filter(isDeclared).length);
          assertQuiet(preview);
        }
      });

      it(`is refreshed, brought up and destroyed without a change while its link runs, and what stays is named: ${name}`, async () => {
        const { project, sqlServer, arm, managedInstanceId, lab, secrets } = quickstart;
        const [sqlServerPassword = "", masterKeyPassword = ""] = secrets;
        const { plain } = quickstartConfig(lab.ready);
        await project.importState(empty);
        // The first version wrote no notes on the server.
        await project.config({ plain: { ...plain, sqlServerPassword, masterKeyPassword, "mi-link:notes": "off" } });
        succeeded(await project.up());
        await project.config({ plain: { "mi-link:notes": "on" } });
        await project.importState(asMadeBy(await stored(name, "up.json"), await project.exportState()));
        const links = await connectedLinks(quickstart);
        assert.ok(links.length > 0);
        assertQuiet(succeeded(await project.up({ args: ["--refresh"] })));
        assert.deepEqual(await connectedLinks(quickstart), links);
        const destroyed = succeeded(await project.destroy());
        // The first programs did not say that the roots go after the managed instance's certificate: they may stay.
        const messages = warnings(destroyed).map(({ message }) => message);
        const kept = messages.flatMap(
          (message) => /^Kept the (?:trusted roots|database) (.*?)(?: on|$)/m.exec(message)?.[1] ?? [],
        );
        assert.equal(kept.length, messages.length, messages.join("\n"));
        const roots = kept.flatMap((names) => names.split(", "));
        for (const view of ["sys.availability_groups", "sys.database_mirroring_endpoints", "sys.certificates"]) {
          const left = await sqlServer.query<{ name: string }>(`SELECT name FROM ${view} WHERE name NOT LIKE '##%'`);
          assert.deepEqual(
            left.filter(({ name }) => !roots.includes(name)),
            [],
            view,
          );
        }
        for (const collection of ["distributedAvailabilityGroups", "serverTrustCertificates"])
          assert.deepEqual(await arm.list(`${managedInstanceId}/${collection}`), []);
      });
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
