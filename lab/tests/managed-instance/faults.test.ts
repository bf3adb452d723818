import assert from "node:assert/strict";
import { createFaults } from "#lab/faults/faults";
import { parseFaultRules } from "#lab/faults/rules-file";

describe("fault rules", () => {
  it("hit the occurrences they name and no others", () => {
    const faults = createFaults([
      {
        on: "statement",
        instance: "SQLSERVER1",
        matching: "create endpoint",
        nth: 2,
        times: 2,
        error: { number: 7862 },
      },
    ]);
    const numbers = (instance: string, text: string) => faults.beforeStatement(instance, text).error?.number;
    assert.equal(numbers("sqlserver2", "CREATE ENDPOINT e"), undefined);
    assert.equal(numbers("sqlserver1", "SELECT 1"), undefined);
    const hits = [1, 2, 3, 4].map(() => numbers("sqlserver1", "USE master CREATE ENDPOINT e"));
    assert.deepEqual(hits, [undefined, 7862, 7862, undefined]);
  });

  it("never stop where they say so, until they are cleared", () => {
    const faults = createFaults([{ on: "request", method: "put", times: "always", drop: "after" }]);
    assert.deepEqual(
      [1, 2, 3].map(() => faults.beforeRequest("PUT", "/a").drop),
      ["after", "after", "after"],
    );
    assert.equal(faults.beforeRequest("GET", "/a").drop, undefined);
    faults.clear();
    assert.equal(faults.beforeRequest("PUT", "/a").drop, undefined);
  });

  it("add their delay to the latency that everything has", () => {
    const faults = createFaults([{ on: "request", delayMilliseconds: 30 }], { request: 200, statement: 20 });
    assert.equal(faults.beforeRequest("GET", "/").delayMilliseconds, 230);
    assert.equal(faults.beforeRequest("GET", "/").delayMilliseconds, 200);
    assert.equal(faults.beforeStatement("sqlserver1", "SELECT 1").delayMilliseconds, 20);
    faults.latency.statement = 0;
    assert.equal(faults.beforeStatement("sqlserver1", "SELECT 1").delayMilliseconds, 0);
  });

  it("are read from a file that is checked", () => {
    assert.deepEqual(parseFaultRules('[{"on":"request","nth":3}]'), [{ on: "request", nth: 3 }]);
    assert.throws(() => parseFaultRules("{}"), /must hold a JSON array/);
    assert.throws(() => parseFaultRules('[{"on":"nothing"}]'), /rule 1 must be an object whose "on" is/);
    assert.throws(() => parseFaultRules('[{"on":"statement","method":"PUT"}]'), /rule 1 has no member method/);
  });
});
