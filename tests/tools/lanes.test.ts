import assert from "node:assert/strict";
import { groupsOf, oneGroup } from "#tools/commands/lanes";

describe("the lanes of tests", () => {
  const files = [
    "tests/docs/a.test.ts",
    "tests/provider/sql-server/b.test.ts",
    "tests/provider/c.test.ts",
    "tests/provider/m.test.ts",
    "tests/preflight/n.test.ts",
    "lab/tests/needs/d.test.ts",
    "lab/tests/tsql/e.test.ts",
    "lab/tests/f.test.ts",
    "lab/tests/tsql/g.test.ts",
    "lab/clients/h.test.ts",
    "tests/engine/i.test.ts",
    "tests/engine/j.test.ts",
    "tests/matrix/l.test.ts",
    "tests/tools/k.test.ts",
  ];

  it("have each test once, and begin with those that take longest", () => {
    const groups = groupsOf(files);
    assert.deepEqual(
      groups.map(({ name, files }) => [name, files.length]),
      [
        ["tests/provider", 2],
        ["tests/provider/sql-server", 1],
        ["tests/matrix/l.test.ts", 1],
        ["tests/engine/i.test.ts", 1],
        ["tests/engine/j.test.ts", 1],
        ["tests/preflight", 1],
        ["lab/tests/needs", 1],
        ["lab/tests/tsql", 2],
        ["lab/tests", 1],
        ["lab/clients", 1],
        ["tests/docs", 1],
        ["tests/tools", 1],
      ],
    );
    assert.deepEqual(groups.flatMap(({ files }) => files).sort(), files.toSorted());
  });

  it("need the engine in tests/engine and tests/matrix, and nowhere else", () => {
    for (const { name, needsEngine } of groupsOf(files))
      assert.equal(needsEngine, /^tests\/(engine|matrix)\b/.test(name), name);
    assert.equal(oneGroup("tests", files).needsEngine, true);
    assert.equal(oneGroup("tests", files.slice(0, 8)).needsEngine, false);
  });

  it("are no place for a test that lies elsewhere", () => {
    assert.throws(() => groupsOf(["bench/a.test.ts"]), /bench\/a\.test\.ts is in no lane/);
  });
});
