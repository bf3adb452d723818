import assert from "node:assert/strict";
import { errorsOf, rowsOf } from "./support";

const cases: readonly (readonly [sentence: string, query: string, rows: readonly (readonly unknown[])[]])[] = [
  [
    "CROSS APPLY looks anew for each row",
    "SELECT p.Id, x.n FROM people p CROSS APPLY (SELECT LEN(p.Name) AS n WHERE p.Name IS NOT NULL) x",
    [
      [1, 3],
      [2, 3],
      [4, 3],
    ],
  ],
  [
    "OUTER APPLY keeps rows that find nothing",
    "SELECT p.Id, b.Id FROM people p OUTER APPLY (SELECT TOP 1 Id FROM people q WHERE q.Boss = p.Id ORDER BY Id DESC) b",
    [
      [1, 3],
      [2, 4],
      [3, null],
      [4, null],
    ],
  ],
  ["STRING_SPLIT splits", "SELECT value FROM STRING_SPLIT('a,,b', ',')", [["a"], [""], ["b"]]],
  [
    "and numbers what it finds",
    "SELECT value, ordinal FROM STRING_SPLIT(N'a b', N' ', 1)",
    [
      ["a", 1n],
      ["b", 2n],
    ],
  ],
  [
    "also of each row",
    "SELECT p.Id, s.value FROM people p CROSS APPLY STRING_SPLIT(p.Name, 'o') AS s WHERE p.Id = 2",
    [
      [2, "b"],
      [2, "b"],
    ],
  ],
  ["GENERATE_SERIES counts", "SELECT value FROM GENERATE_SERIES(1, 5, 2)", [[1], [3], [5]]],
  [
    "PIVOT makes columns of values",
    "SELECT * FROM (SELECT Boss, Id FROM people) s PIVOT (COUNT(Id) FOR Boss IN ([1], [2], [9])) p",
    [[2, 1, 0]],
  ],
  [
    "UNPIVOT makes rows of columns, without NULLs",
    "SELECT k, v FROM (SELECT 1 AS a, NULLIF(1, 1) AS b, 3 AS c) s UNPIVOT (v FOR k IN (a, b, c)) u",
    [
      ["a", 1],
      ["c", 3],
    ],
  ],
  [
    "ROLLUP adds totals, and GROUPING tells them apart",
    "SELECT Boss, COUNT(*), GROUPING(Boss) FROM people GROUP BY ROLLUP (Boss)",
    [
      [null, 1, 0],
      [1, 2, 0],
      [2, 1, 0],
      [null, 4, 1],
    ],
  ],
  [
    "CUBE has every combination",
    "SELECT COUNT(*) FROM (SELECT 1 AS a, 2 AS b UNION ALL SELECT 1, 3) t GROUP BY CUBE (a, b)",
    [[1], [1], [2], [1], [1], [2]],
  ],
  [
    "GROUPING SETS has those that it names",
    "SELECT Boss, Name, COUNT(*) FROM people WHERE Boss = 1 GROUP BY GROUPING SETS ((Boss), (Name), ())",
    [
      [1, null, 2],
      [null, "bob", 1],
      [null, null, 1],
      [null, null, 2],
    ],
  ],
  [
    "tables may be joined before what they are joined to",
    "SELECT a.Id, b.Id, c.Id FROM people a LEFT JOIN people b JOIN people c ON c.Boss = b.Id ON b.Boss = a.Id WHERE a.Id < 3",
    [
      [1, 2, 4],
      [2, null, null],
    ],
  ],
];

describe("FROM and GROUP BY", () => {
  for (const [sentence, query, rows] of cases) {
    it(sentence, async () => {
      assert.deepEqual(await rowsOf(query), rows);
    });
  }

  for (const [text, error] of [
    ["SELECT value FROM STRING_SPLIT('a', 'xy')", "214@1"],
    ["SELECT * FROM STRING_SPLIT('a')", "313@1"],
    ["SELECT * FROM NOTHING(1)", "195@1"],
    ["SELECT * FROM dbo.nothing(1)", "208@1"],
    ["SELECT GROUPING(Name) FROM people GROUP BY ROLLUP (Boss)", "8161@1"],
    ["SELECT v FROM (SELECT 1 AS a, 'x' AS b) s UNPIVOT (v FOR k IN (a, b)) u", "8167@1"],
  ] as const) {
    it(`refuses ${text}`, async () => {
      assert.deepEqual(await errorsOf(text), [error]);
    });
  }
});
