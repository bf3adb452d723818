import assert from "node:assert/strict";
import { summary } from "#tools/commands/test";

describe("the last line of a test run", () => {
  it("counts what passed and what failed", () => {
    assert.deepEqual(summary({ passed: 12, failed: 0, finished: true }, 0), { line: "12 passed, 0 failed", code: 0 });
    assert.deepEqual(summary({ passed: 9, failed: 3, finished: true }, 3), { line: "9 passed, 3 failed", code: 3 });
  });

  it("shows a run that broke off as failed, whatever its exit code", () => {
    assert.deepEqual(summary({ passed: 7, failed: 0, finished: false }, 0), { line: "7 passed, 1 failed", code: 1 });
    assert.deepEqual(summary(undefined, 137), { line: "0 passed, 1 failed", code: 137 });
    assert.deepEqual(summary(undefined, 0), { line: "0 passed, 1 failed", code: 1 });
  });

  it("shows a run that ended badly as failed, though every test passed", () => {
    assert.deepEqual(summary({ passed: 7, failed: 0, finished: true }, 137), { line: "7 passed, 1 failed", code: 137 });
  });

  it("fails when tests failed, even if mocha says it is fine", () => {
    assert.deepEqual(summary({ passed: 1, failed: 1, finished: true }, 0), { line: "1 passed, 1 failed", code: 1 });
  });
});
