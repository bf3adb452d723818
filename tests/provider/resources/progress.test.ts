import assert from "node:assert/strict";
import { inWords } from "#provider/resources/instance-link/link-state";
import { seedingProgress } from "#provider/resources/instance-link/progress";

describe("the progress of seeding", () => {
  it("has percentage, rate and time left as soon as they can be computed", () => {
    let now = 0;
    const describe = seedingProgress("db1", () => now);
    const at = (minutes: number, percent: string) => {
      now = minutes * 60_000;
      return describe({ databaseName: "db1", replicaState: "CreatingLink", seedingProgress: percent });
    };
    assert.equal(describe(undefined), "waiting for Azure to begin the link of db1");
    assert.equal(
      describe({ databaseName: "db1", replicaState: "CreatingLink" }),
      "db1: the managed instance is connecting to SQL Server",
    );
    assert.equal(at(0, "10%"), "db1: copying to the managed instance, 10%");
    assert.equal(at(1, "10%"), "db1: copying to the managed instance, 10%");
    assert.equal(at(10, "30%"), "db1: copying to the managed instance, 30%, about 2.0% per minute, 35 min left");
    assert.equal(at(600, "31%"), "db1: copying to the managed instance, 31%, about 0.035% per minute, 33 h left");
    assert.equal(at(601, "99%"), "db1: copying to the managed instance, 99%, about 0.15% per minute, 7 min left");
  });

  it("starts over when the copy does, and says so", () => {
    let now = 0;
    const describe = seedingProgress("db1", () => now);
    const percent = (seedingProgress: string) => describe({ databaseName: "db1", seedingProgress });
    percent("80%");
    now = 60_000;
    assert.equal(percent("5%"), "db1: copying to the managed instance from the start again, attempt 2, 5%");
    now = 120_000;
    assert.equal(
      percent("15%"),
      "db1: copying to the managed instance from the start again, attempt 2, 15%, about 10% per minute, 9 min left",
    );
    assert.match(percent("10%"), /attempt 3, 10%$/);
  });

  it("does not trip over a state or a percentage that it does not know", () => {
    assert.equal(inWords({ databaseName: "db1", replicaState: "NewState" }), "the link is in the state NewState");
    assert.equal(
      seedingProgress("db1")({ databaseName: "db1", seedingProgress: "soon", replicaState: "Seeding" }),
      "db1: copying to the managed instance",
    );
  });
});
