import { availableParallelism } from "node:os";
import { triedOf } from "../support/sample";
import { type Scene, startScene } from "./by-hand-scene";
import { type Cell, labelOf } from "./cell";
import { cells } from "./cells";

const only = process.env.MI_LINK_CELLS;
const tried = only ? cells.filter((cell) => new RegExp(only).test(labelOf(cell))) : triedOf(cells, 6, 10);

describe(`what somebody changes by hand: ${tried.length} of ${cells.length} properties`, function () {
  this.timeout(45 * 60_000);
  const outcomes = new Map(tried.map((cell) => [cell, Promise.withResolvers<{ error?: unknown; seconds: number }>()]));
  const results: string[] = [];
  let finished: Promise<unknown>;

  before(() => {
    const queue = [...tried];
    const workers = tried.length > 10 ? availableParallelism() : 1;
    finished = Promise.all(
      Array.from({ length: workers }, () => work(queue, (cell, outcome) => outcomes.get(cell)?.resolve(outcome))),
    );
  });
  after(async () => {
    await finished;
    const rows = results.toSorted();
    process.stdout.write(
      `\n${["| property | by hand | found | then | result |", "|---|---|---|---|---|", ...rows].join("\n")}\n\n`,
    );
  });

  for (const cell of tried)
    it(labelOf(cell), async () => {
      const outcome = await outcomes.get(cell)?.promise;
      const seconds = outcome?.seconds.toFixed(1);
      results.push(row(cell, outcome?.error === undefined ? `passed in ${seconds} s` : "FAILED"));
      if (outcome?.error) throw outcome.error;
    });
});

/** Tries the cells one after the other on one stack; a new one follows a cell that failed, or that is the last. */
async function work(
  queue: Cell[],
  report: (cell: Cell, outcome: { error?: unknown; seconds: number }) => void,
): Promise<void> {
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
    if (error !== undefined || cell.isLast) {
      await scene?.close();
      scene = undefined;
    }
  }
  await scene?.close();
}

function row(cell: Cell, result: string): string {
  const { byHand, refusedBySqlServer, found, refused, because } = cell;
  const acts = byHand.map((act) =>
    typeof act === "string" ? act : "request" in act ? act.request : JSON.stringify(act),
  );
  const then = refusedBySqlServer
    ? `SQL Server refuses it: ${refusedBySqlServer}`
    : refused
      ? "refused, with the remedy"
      : found.length === 0
        ? "nothing"
        : found.some((line) => line.startsWith("create "))
          ? "made again"
          : "put right";
  const cells = [
    labelOf(cell),
    acts.join("; "),
    found.join(", ") || "nothing",
    because ? `${then}: ${because}` : then,
    result,
  ];
  return `| ${cells.map((text) => text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|")).join(" | ")} |`;
}
