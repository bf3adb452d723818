import assert from "node:assert/strict";
import { type Ending, label, type Phase, phases, record, tryOut } from "../support/kill-cells";
import type { Cell } from "../support/killed-run";
import { triedOf } from "../support/sample";

interface Tried {
  readonly phase: Phase;
  readonly cell: Cell;
}

interface Outcome extends Tried {
  readonly ending: Ending | Error;
}

const titleOf = ({ phase, cell }: Tried): string => `${phase} | ${label(cell)}`;

/** The servers of a cell are in this process, which mostly waits. */
const atOnce = 3;

// Safety C1
describe("a run whose whole process tree is killed, with the real engine", function () {
  this.timeout(45 * 60_000);

  it("is gone on with by cancel, up and destroy, whatever it asked last: connected, and nothing is left or lost", async () => {
    const started = Date.now();
    const cells = await record();
    console.log(`      ${cells.calls}`);
    const all = phases.flatMap((phase) => cells[phase].map((cell) => ({ phase, cell })));
    const tried = triedOf(all, titleOf, 3, 1);
    const outcomes: Outcome[] = [];
    const waiting = [...tried];
    const worker = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { phase, cell } = next;
        const ending = await tryOut(phase, cell).catch((error: Error) => error);
        outcomes.push({ phase, cell, ending });
        console.log(`      ${ending instanceof Error ? `FAILED (${ending.message})` : ending} | ${titleOf(next)}`);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    const minutes = ((Date.now() - started) / 60_000).toFixed(1);
    console.log(`      ${outcomes.length} of ${all.length} cells in ${minutes} minutes`);
    assert.equal(outcomes.length, tried.length);
    assert.deepEqual(
      outcomes.flatMap((outcome) =>
        outcome.ending instanceof Error ? [`${titleOf(outcome)}: ${outcome.ending.message}`] : [],
      ),
      [],
    );
  });
});
