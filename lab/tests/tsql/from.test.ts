import assert from "node:assert/strict";
import { errorsOf, newServer, rowsOf } from "./support";

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

const ada = { Name: "Ada" };
const asked: readonly (readonly [query: string, of: readonly object[]])[] = [
  ["SELECT 1 FROM asked WHERE Name = N'Ada' AND Id < 3", [ada]],
  ["SELECT 1 FROM asked WHERE Name = N'Ada' OR Id = 1", [{}]],
  ["SELECT 1 FROM people p WHERE p.Id = 1 AND EXISTS (SELECT 1 FROM asked a WHERE a.Name = p.Name)", [ada]],
  ["SELECT 1 FROM asked a JOIN asked b ON b.Name = a.Name WHERE a.Id = 1 AND a.Name = N'Ada'", [ada, ada]],
  ["SELECT 1 FROM asked a LEFT JOIN asked b ON b.Id = a.Id WHERE b.Name = N'Ada'", [{}, {}]],
  ["SELECT 1 FROM asked a RIGHT JOIN asked b ON b.Name = a.Name WHERE a.Name = N'Ada'", [{}, {}]],
];

describe("FROM and GROUP BY", () => {
  for (const [query, of] of asked)
    it(`asks a view for ${JSON.stringify(of)}: ${query}`, async () => {
      const { tables, run } = newServer();
      const seen: object[] = [];
      tables.set("asked", {
        columns: tables.get("people")?.columns ?? [],
        rows(wanted = new Map()) {
          seen.push(Object.fromEntries(wanted));
          return [...(tables.get("people")?.rows() ?? [])].filter((row) => !wanted.has("Name") || row[1] === "Ada");
        },
      });
      assert.deepEqual((await run(query)).errors, []);
      assert.deepEqual(seen, of);
    });

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
