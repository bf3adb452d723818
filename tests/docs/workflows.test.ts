import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repositoryRoot } from "../support/repository";

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly "runs-on": string;
  readonly "timeout-minutes": number;
  readonly strategy?: {
    readonly matrix: { readonly include: readonly { readonly os: string; readonly tests: string }[] };
  };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(repositoryRoot, ".github", "workflows");
const workflows = readdirSync(folder).map((name) => {
  const workflow: Workflow = parse(readFileSync(join(folder, name), "utf8"), { strict: true, uniqueKeys: true });
  return { name, workflow };
});
const jobs = workflows.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ name: `${name}: ${id}`, workflow, job })),
);
const commandsOf = ({ steps }: Job): string[] => steps.flatMap(({ run }) => (run === undefined ? [] : run.split("\n")));
const manifest = (path: string) => JSON.parse(readFileSync(join(repositoryRoot, path, "package.json"), "utf8"));

/** The scripts, workspaces and paths that a command names; a pattern is cut where it begins, and tests are compiled. */
function namedBy(command: string) {
  const of = (pattern: RegExp) => [...command.matchAll(pattern)].map(([, name = ""]) => name);
  return {
    scripts: [...of(/\bnpm run ([\w:-]+)/g), ...of(/\bnpm (test)\b/g)],
    workspaces: of(/--workspace (\S+)/g),
    paths: of(/ ((?:tests|lab)\/\S+)/g).map((path) => path.replace("/dist/", "/").replace(/\*.*$/, "")),
  };
}

describe("the workflows", () => {
  for (const { name, workflow, job } of jobs)
    it(`run what there is, in limited time and with no rights that they do not need: ${name}`, () => {
      assert.ok(workflow.on !== undefined && job["timeout-minutes"] > 0);
      assert.equal(workflow.permissions.contents, "read");
      for (const { uses = "some/action@v1" } of job.steps) assert.match(uses, /^[\w-]+\/[\w-]+@v\d+$/);
      const { scripts, workspaces } = manifest("");
      const commands = [...commandsOf(job), ...(job.strategy?.matrix.include ?? []).map(({ tests }) => tests)];
      assert.ok(commands.some((command) => namedBy(command).scripts.length > 0));
      for (const named of commands.map(namedBy)) {
        for (const script of named.scripts) assert.ok(script in scripts, script);
        for (const workspace of named.workspaces) assert.ok(workspaces.includes(workspace), workspace);
        for (const path of named.paths) assert.ok(existsSync(join(repositoryRoot, path)), path);
      }
    });

  it("test on Linux, Windows and macOS, and on the oldest Node.js that the package takes", () => {
    const systems = jobs.flatMap(({ job }) => [
      job["runs-on"],
      ...(job.strategy?.matrix.include ?? []).map(({ os }) => os),
    ]);
    for (const system of ["ubuntu", "windows", "macos"])
      assert.ok(
        systems.some((each) => each.startsWith(system)),
        system,
      );
    const versions = JSON.stringify(jobs.map(({ job }) => job));
    assert.ok(versions.includes(`"node-version":${manifest("provider").engines.node.replace(">=", "")}`));
  });

  it("publish both packages with provenance", () => {
    const publish = workflows.find(({ name }) => name === "publish.yml")?.workflow;
    assert.equal(publish?.permissions["id-token"], "write");
    const commands = Object.values(publish?.jobs ?? {}).flatMap(commandsOf);
    for (const workspace of ["provider", "lab"]) {
      assert.ok(commands.some((each) => each.startsWith("npm publish --provenance") && each.endsWith(` ${workspace}`)));
      assert.notEqual(manifest(workspace).private, true);
    }
  });
});
