import assert from "node:assert/strict";
import { label, type Phase, phases, record, tryOut } from "../support/kill-cells";
import type { Cell } from "../support/killed-run";
import { triedOf } from "../support/sample";

interface Outcome {
  readonly phase: Phase;
  readonly cell: Cell;
  /** What is wrong; undefined: nothing. */
  readonly problem?: string;
  readonly seconds: number;
}

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
