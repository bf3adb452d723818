import assert from "node:assert/strict";
import { newServer } from "./server-of-arrays";

const ada = { Name: "Ada" };
const asked: readonly (readonly [query: string, of: readonly object[]])[] = [
  ["SELECT 1 FROM asked WHERE Name = N'Ada' AND Id < 3", [ada]],
  ["SELECT 1 FROM asked WHERE Name = N'Ada' OR Id = 1", [{}]],
  ["SELECT 1 FROM people p WHERE p.Id = 1 AND EXISTS (SELECT 1 FROM asked a WHERE a.Name = p.Name)", [ada]],
  ["SELECT 1 FROM asked a JOIN asked b ON b.Name = a.Name WHERE a.Id = 1 AND a.Name = N'Ada'", [ada, ada]],
  ["SELECT 1 FROM asked a LEFT JOIN asked b ON b.Id = a.Id WHERE b.Name = N'Ada'", [{}, {}]],
  ["SELECT 1 FROM asked a RIGHT JOIN asked b ON b.Name = a.Name WHERE a.Name = N'Ada'", [{}, {}]],
];

describe("a view that is told what a query asks for", () => {
  for (const [query, of] of asked)
    it(`hears ${JSON.stringify(of)}: ${query}`, async () => {
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
});
