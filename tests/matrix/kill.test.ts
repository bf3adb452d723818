import assert from "node:assert/strict";
import { join } from "node:path";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type Operation, succeeded } from "#tools/pulumi";
import { callOf } from "../support/calls";
import { type Cell, cellsOf, Killer } from "../support/killed-run";
import { dropNeighboursGroup, lookAtGroup, placeGroup, placeNeighbours } from "../support/neighbours";
import { leftAfterKill } from "../support/process-tree";
import { type Quickstart, startQuickstart } from "../support/quickstart";
import { repositoryRoot } from "../support/repository";
import { triedOf } from "../support/sample";

/** The quick start, with the expiry of its certificate in the configuration. */
const directory = join(repositoryRoot, "tests", "engine", "projects", "rotation");

const laterExpiry = `${new Date().getUTCFullYear() + 3}-06-01`;

const phases = ["up", "rotation", "destroy"] as const;
type Phase = (typeof phases)[number];

interface Outcome {
  readonly phase: Phase;
  readonly cell: Cell;
  /** What is wrong; undefined: nothing. */
  readonly problem?: string;
  readonly seconds: number;
}

/** A run that takes longer is stuck. */
const patience = () => ({ signal: AbortSignal.timeout(120_000) });

const runOf: Readonly<Record<Phase, (quickstart: Quickstart) => Promise<Operation>>> = {
  up: ({ project }) => project.up(patience()),
  async rotation({ project }) {
    await project.config({ plain: { certificateExpiry: laterExpiry } });
    return await project.up(patience());
  },
  destroy: ({ project }) => project.destroy(patience()),
};

async function start(onJournalEntry?: Killer["onJournalEntry"]): Promise<Quickstart> {
  return await startQuickstart({ databases: 2, onJournalEntry }, directory);
}

/** What a run asks, phase after phase, when nothing interrupts it. */
async function record(): Promise<Readonly<Record<Phase, readonly Cell[]>> & { readonly calls: string }> {
  const quickstart = await start();
  const { entries } = quickstart.lab.journal;
  try {
    const cells: Partial<Record<Phase, readonly Cell[]>> = {};
    const counts: string[] = [];
    for (const phase of phases) {
      const since = entries.length;
      succeeded(await runOf[phase](quickstart));
      const calls = entries.slice(since).flatMap((entry) => callOf(entry) ?? []);
      cells[phase] = cellsOf(calls);
      const changes = calls.filter((call) => call.changes).length;
      counts.push(`${phase}: ${calls.length} calls, ${changes} of them changes, ${cells[phase].length} cells`);
    }
    const { up = [], rotation = [], destroy = [] } = cells;
    return { up, rotation, destroy, calls: counts.join("; ") };
  } finally {
    await quickstart.close();
  }
}

/** One cell from an empty server to an empty server. Throws what is wrong. */
async function tryOut(phase: Phase, cell: Cell): Promise<void> {
  const killer = new Killer();
  const quickstart = await start(killer.onJournalEntry);
  try {
    const { project, lab, folder } = quickstart;
    await placeNeighbours(quickstart);
    const untouched = await takeSnapshot(quickstart);
    if (phase !== "up") succeeded(await project.up());
    await placeGroup(quickstart);
    const neighboursGroup = await lookAtGroup(quickstart);
    const neighbourLeaves = async () => {
      assert.deepEqual(await lookAtGroup(quickstart), neighboursGroup, "the neighbour's group");
      await dropNeighboursGroup(quickstart);
    };
    // While another group is there, destroy keeps the endpoint.
    if (phase === "destroy") await neighbourLeaves();

    killer.attach(lab);
    await killer.during(cell, folder, () => runOf[phase](quickstart));
    assert.ok(killer.killed > 0, "the run ended without coming here");
    assert.deepEqual(await leftAfterKill(folder), [], "processes that are left");

    succeeded(await project.run(["cancel", "--yes"]));
    succeeded(await project.up(patience()));
    const report = await quickstart.verify();
    assert.ok(report.connected, `not connected: ${JSON.stringify(report)}`);
    assert.deepEqual(
      succeeded(await project.preview({ ...patience(), args: ["--refresh"] })).changes,
      [],
      "changes in a preview",
    );
    if (phase !== "destroy") await neighbourLeaves();
    succeeded(await project.destroy(patience()));
    assert.deepEqual((await project.exportState()).deployment.resources ?? [], []);
    assert.deepEqual(compareSnapshots(untouched, await takeSnapshot(quickstart)), [], "leaks");
  } finally {
    await quickstart.close();
  }
}

const label = ({ title, nth, moment }: Cell): string => `${title}${nth > 1 ? ` (${nth})` : ""}, ${moment}`;

// Safety A7
describe("a run whose whole process tree is killed, with the real engine", function () {
  this.timeout(45 * 60_000);
  const outcomes: Outcome[] = [];

  it("is gone on with by cancel, up and destroy, whatever it asked last: connected, and nothing is left or lost", async () => {
    const cells = await record();
    console.log(`      ${cells.calls}`);
    const tried = triedOf(
      phases.flatMap((phase) => cells[phase].map((cell) => ({ phase, cell }))),
      4,
      1,
    );
    const waiting = [...tried];
    const worker = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { phase, cell } = next;
        const started = performance.now();
        const problem = await tryOut(phase, cell).then(
          () => undefined,
          (error: Error) => error.message,
        );
        const seconds = (performance.now() - started) / 1000;
        outcomes.push({ phase, cell, problem, seconds });
        console.log(
          `      ${problem === undefined ? "ok    " : "FAILED"} ${phase}: ${label(cell)} (${seconds.toFixed(1)} s)`,
        );
      }
    };
    await Promise.all(Array.from({ length: 2 }, worker));
    assert.equal(outcomes.length, tried.length);
    const failed = outcomes.filter(({ problem }) => problem !== undefined);
    assert.deepEqual(
      failed.map(({ phase, cell, problem }) => `${phase}: ${label(cell)}: ${problem}`),
      [],
    );
  });
});
