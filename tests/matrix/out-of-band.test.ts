import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { triedOf } from "../support/sample";
import { type Scene, startScene } from "./by-hand-scene";
import { type Act, type Cell, labelOf } from "./cell";
import { cells } from "./cells";

const tried = triedOf(cells, labelOf, 6, 10);
const stacks = tried.length > 10 ? availableParallelism() : 1;

interface Outcome {
  readonly seconds: number;
  readonly error?: unknown;
}

describe(`what somebody changes by hand, ${tried.length} of ${cells.length} cells`, function () {
  this.timeout(45 * 60_000);
  const outcomes = new Map(tried.map((cell) => [cell, Promise.withResolvers<Outcome>()]));
  const rows: string[] = [];
  let leftToChange: Promise<string[][]>;

  before(() => {
    const queue = [...tried];
    const report = (cell: Cell, outcome: Outcome) => outcomes.get(cell)?.resolve(outcome);
    leftToChange = Promise.all(Array.from({ length: stacks }, () => work(queue, report)));
    leftToChange.catch(() => undefined); // the last test tells
  });
  after(() => {
    process.stdout.write(`\n${[...head, ...rows].join("\n")}\n\n`);
  });

  for (const cell of tried)
    it(labelOf(cell), async () => {
      const { seconds, error } = (await outcomes.get(cell)?.promise) ?? assert.fail();
      rows.push(rowOf(cell, error === undefined ? `passed in ${seconds.toFixed(1)} s` : "FAILED"));
      if (error !== undefined) throw error;
    });

  it("is put right: a refresh and a preview find nothing else to change after the last of them", async () => {
    assert.deepEqual((await leftToChange).flat(), []);
  });
});

/**
 * Tries the cells one after the other on one stack; a new one follows a cell that failed, or that is the last. Returns what
 * is left to change on the stacks where nothing failed.
 */
async function work(queue: Cell[], report: (cell: Cell, outcome: Outcome) => void): Promise<string[]> {
  const left: string[] = [];
  let scene: Scene | undefined;
  for (let cell = queue.shift(); cell; cell = queue.shift()) {
    const started = performance.now();
    let error: unknown;
    try {
      scene ??= await startScene();
      await scene.try(cell);
    } catch (failure) {
      error = failure;
    }
    report(cell, { error, seconds: (performance.now() - started) / 1000 });
    const isOver = error !== undefined || cell.isLast || queue.length === 0;
    if (!isOver) continue;
    if (scene && error === undefined) left.push(...(await scene.leftToChange()));
    await scene?.close();
    scene = undefined;
  }
  await scene?.close();
  return left;
}

const head = ["| property | by hand | found | then | result |", "| --- | --- | --- | --- | --- |"];

function rowOf(cell: Cell, result: string): string {
  const { byHand, found, because } = cell;
  const then = because ? `${endOf(cell)}: ${because}` : endOf(cell);
  const texts = [labelOf(cell), byHand.map(inWords).join("; "), found.join(", ") || "nothing", then, result];
  return `| ${texts.map((text) => text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|")).join(" | ")} |`;
}

function endOf({ refusedBySqlServer, refused, found }: Cell): string {
  if (refusedBySqlServer !== undefined) return `SQL Server refuses it (${refusedBySqlServer})`;
  if (refused) return "refused, with the remedy that mends it";
  if (found.length === 0) return "nothing";
  return found.some((line) => line.startsWith("create ")) ? "made again" : "put right";
}

function inWords(act: Act): string {
  if (typeof act === "string") return act;
  if ("request" in act) return act.request;
  if ("onInstance" in act) return `on the managed instance: ${act.onInstance}`;
  return "azure" in act ? `Azure ${act.azure}` : `in the program: ${JSON.stringify(act.program)}`;
}
