import assert from "node:assert/strict";
import { createClock } from "#lab/clock";

describe("the lab's clock", () => {
  it("wakes a sleeper when it is moved past the end of the sleep, and no sooner", async () => {
    const clock = createClock();
    const hour = 3_600_000;
    let awake = false;
    const sleep = clock.sleep(100 * 24 * hour).then(() => {
      awake = true;
    });
    clock.advance(99 * 24 * hour);
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(awake, false);
    clock.advance(24 * hour);
    await sleep;
    assert.ok(clock.now().getTime() >= Date.now() + 99 * 24 * hour);
  });

  it("gives up a sleep that is no longer wanted", async () => {
    const clock = createClock();
    const unwanted = new AbortController();
    const sleep = clock.sleep(3_600_000, unwanted.signal);
    unwanted.abort(new Error("no longer wanted"));
    await assert.rejects(sleep, /no longer wanted/);
    await assert.rejects(clock.sleep(1, unwanted.signal), /no longer wanted/);
  });
});
