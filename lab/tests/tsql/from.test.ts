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
    ["SELECT * FROM NOTHING(1)", "195@1"],
    ["SELECT * FROM dbo.nothing(1)", "208@1"],
  ] as const) {
    it(`refuses ${text}`, async () => {
      assert.deepEqual(await errorsOf(text), [error]);
    });
  }
});
