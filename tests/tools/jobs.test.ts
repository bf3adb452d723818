import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type Job, sideBySide } from "#tools/commands/jobs";
import { outcome } from "#tools/commands/mocha";

describe("what a process of tests came to", () => {
  it("is what passed and what failed", () => {
    assert.deepEqual(outcome("a", { passed: 12, failed: 0, finished: true, failures: "" }, 0), {
      passed: 12,
      failed: 0,
      failures: "",
    });
    assert.deepEqual(outcome("a", { passed: 9, failed: 3, finished: true, failures: "1) x\n" }, 3), {
      passed: 9,
      failed: 3,
      failures: "1) x\n",
    });
  });

  it("is a failure for one that broke off, whatever its exit code", () => {
    const brokeOff = { passed: 7, failed: 0, finished: false };
    for (const [report, passed, code] of [
      [brokeOff, 7, 0],
      [brokeOff, 7, 1],
      [undefined, 0, 137],
      [undefined, 0, 0],
    ] as const)
      assert.deepEqual(outcome("a", report, code), {
        passed,
        failed: 1,
        failures: `\n  a broke off, with exit code ${code}\n`,
      });
  });

  it("is a failure for one that ended badly, though every test passed", () => {
    const { passed, failed, failures } = outcome("a", { passed: 7, failed: 0, finished: true }, 137);
    assert.deepEqual([passed, failed, failures], [7, 1, "\n  a ended badly, with exit code 137\n"]);
  });

  it("is a failure when tests failed, even if mocha says it is fine", () => {
    assert.ok(outcome("a", { passed: 1, failed: 1, finished: true }, 0).failed > 0);
  });
});

describe("jobs side by side", () => {
  const job = (name: string, after?: Promise<unknown>): Job => ({
    name,
    after,
    run: () => Promise.reject(new Error("not run here")),
  });

  it("are so many at a time, in their order", async () => {
    const begun: string[] = [];
    let now = 0;
    let most = 0;
    await sideBySide(
      ["a", "b", "c", "d"].map((name) => job(name)),
      2,
      async ({ name }) => {
        begun.push(name);
        most = Math.max(most, ++now);
        await sleep(5);
        now--;
      },
    );
    assert.deepEqual(begun, ["a", "b", "c", "d"]);
    assert.equal(most, 2);
  });

  for (const [how, end] of [
    ["there", (done: PromiseWithResolvers<void>) => done.resolve()],
    ["known not to come", (done: PromiseWithResolvers<void>) => done.reject(new Error("no engine"))],
  ] as const)
    it(`let others go first until what they wait for is ${how}`, async () => {
      const engine = Promise.withResolvers<void>();
      const begun: string[] = [];
      await sideBySide([job("with", engine.promise), job("without"), job("also without")], 1, async ({ name }) => {
        begun.push(name);
        if (name === "also without") end(engine);
        await sleep(1);
      });
      assert.deepEqual(begun, ["without", "also without", "with"]);
    });
});
