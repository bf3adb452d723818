import assert from "node:assert/strict";
import { join } from "node:path";
import { compareSnapshots, takeSnapshot } from "#tools/leftovers";
import { type Operation, succeeded } from "#tools/pulumi";
import { callOf } from "./calls";
import { type Cell, cellsOf, Killer } from "./killed-run";
import { dropNeighboursGroup, lookAtGroup, placeGroup, placeNeighbours } from "./neighbours";
import { leftAfterKill } from "./process-tree";
import { type Quickstart, startQuickstart } from "./quickstart";
import { repositoryRoot } from "./repository";

/** The quick start, with the expiry of its certificate in the configuration. */
const directory = join(repositoryRoot, "tests", "engine", "projects", "rotation");

const laterExpiry = `${new Date().getUTCFullYear() + 3}-06-01`;

export const phases = ["up", "rotation", "destroy"] as const;
export type Phase = (typeof phases)[number];

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

/** What a run asks in each phase when nothing interrupts it. Each begins as its cells do: so the rotation comes last. */
export async function record(): Promise<Readonly<Record<Phase, readonly Cell[]>> & { readonly calls: string }> {
  const quickstart = await start();
  const { project, lab } = quickstart;
  const { entries } = lab.journal;
  try {
    const cells: Partial<Record<Phase, readonly Cell[]>> = {};
    const counts: string[] = [];
    for (const phase of ["up", "destroy", "rotation"] as const) {
      if (phase === "rotation") succeeded(await project.up());
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

/** What a cell came to: everything is as before, or a database is kept that may hold data by now. */
export type Ending = "ok" | "ok, and the copy is kept, named by up and destroy";

/** One cell from an empty server to an empty server. Throws what is wrong. */
export async function tryOut(phase: Phase, cell: Cell): Promise<Ending> {
  const killer = new Killer();
  const quickstart = await start(killer.onJournalEntry);
  try {
    const { project, lab, folder } = quickstart;
    await placeNeighbours(quickstart);
    const untouched = await takeSnapshot(quickstart);
    if (phase !== "up") succeeded(await project.up(patience()));
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
    const up = await project.up(patience());
    // Between the deletions of the link and of its copy: since then the copy is an independent database.
    const keepsCopy = isBetweenDeletions(phase, cell) && up.code !== 0;
    if (keepsCopy)
      assert.match(up.stdout, /the database db1 on the managed instance sqlmi1 is an independent database/);
    else await requireWhole(quickstart, up);
    if (phase !== "destroy") await neighbourLeaves();
    const destroy = succeeded(await project.destroy(patience()));
    assert.deepEqual((await project.exportState()).deployment.resources ?? [], []);
    const left = compareSnapshots(untouched, await takeSnapshot(quickstart));
    assert.deepEqual(left, keepsCopy ? copy : [], "leaks");
    if (!keepsCopy) return "ok";
    assert.match(destroy.stdout, /the database db1 on the managed instance sqlmi1 stays/);
    return "ok, and the copy is kept, named by up and destroy";
  } finally {
    await quickstart.close();
  }
}

const copy = ["added: managed instance, sys.databases: db1", "added: Azure, databases: db1"];

const isBetweenDeletions = (phase: Phase, { title }: Cell): boolean =>
  phase === "destroy" && /^DELETE .*\/distributedAvailabilityGroups\//.test(title);

/** The link runs, and is as the program has it: on the servers and in the state. */
async function requireWhole({ project, verify }: Quickstart, up: Operation): Promise<void> {
  succeeded(up);
  const report = await verify();
  assert.ok(report.connected, `not connected: ${JSON.stringify(report)}`);
  const preview = succeeded(await project.preview({ ...patience(), args: ["--refresh"] }));
  assert.deepEqual(preview.changes, [], "changes in a preview");
}

export const label = ({ title, nth, moment }: Cell): string => `${title}${nth > 1 ? ` (${nth})` : ""}, ${moment}`;
