import assert from "node:assert/strict";
import { functionsNotSpoken } from "#lab/tsql/parser/functions-not-spoken";
import { newServer } from "./support";

const beyond: readonly (readonly [text: string, what: string])[] = [
  ["DECLARE @x xml", "the type xml"],
  ["CREATE TABLE t (d json)", "the type json"],
  ["SELECT CAST('<a/>' AS xml)", "the type xml"],
  ["SELECT Name FROM people FOR XML PATH('')", "FOR XML"],
  ["SELECT Name FROM people FOR JSON AUTO", "FOR JSON"],
  ["SELECT JSON_VALUE(Name, '$.a') FROM people", "the function JSON_VALUE"],
  ["SELECT * FROM OPENJSON('[1]') WITH (a int)", "the function OPENJSON"],
  ["SELECT 1 WHERE CONTAINS(Name, 'a')", "the function CONTAINS"],
  ["SELECT TRY_PARSE('1' AS int USING 'en-US')", "the function TRY_PARSE"],
  ["SELECT DATETRUNC(month, GETDATE())", "the function DATETRUNC"],
  ["SELECT DATEPART(iso_week, GETDATE())", "the date part iso_week"],
  ["SELECT @@CPU_BUSY", "the variable @@CPU_BUSY"],
  ["SELECT GETDATE() AT TIME ZONE 'UTC'", "AT TIME ZONE"],
  ["SELECT SUM(Id) OVER (ORDER BY Id) FROM people", "SUM with OVER"],
  ["SELECT COUNT(*) OVER () FROM people", "COUNT with OVER"],
  ["SELECT LAG(Id) OVER (ORDER BY Id) FROM people", "the function LAG"],
  ["SELECT Boss FROM people GROUP BY ROLLUP (Boss)", "ROLLUP"],
  ["SELECT Boss FROM people GROUP BY GROUPING SETS (Boss, ())", "GROUPING SETS"],
  ["SELECT Boss FROM people GROUP BY Boss WITH CUBE", "WITH CUBE"],
  ["SELECT * FROM people PIVOT (MAX(Id) FOR Name IN ([Ada])) AS p", "PIVOT"],
  ["SELECT * FROM people AS p UNPIVOT (v FOR n IN (Id, Boss)) AS u", "UNPIVOT"],
  [
    "WITH n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n",
    "a recursive common table expression",
  ],
];

describe("What the lab does not speak", () => {
  for (const [text, what] of beyond) {
    it(`is refused by name: ${text}`, async () => {
      const { errors, sets } = await newServer().run(text);
      assert.deepEqual(
        errors.map(({ number, text: said }) => [number, said.includes("[lab]"), said.includes(what)]),
        [[50000, true, true]],
      );
      assert.deepEqual(sets, []);
    });
  }

  it("is each function of the list", async () => {
    for (const name of functionsNotSpoken) {
      const { errors } = await newServer().run(`SELECT ${name}('a')`);
      assert.match(errors[0]?.text ?? "", new RegExp(`\\[lab\\].* ${name}\\b`), name);
    }
  });

  it("is a name for a table all the same", async () => {
    const server = newServer();
    const { errors } = await server.run(
      "CREATE TABLE [format] (lead int, log int) SELECT lead, log FROM format (NOLOCK)",
    );
    assert.deepEqual(errors, []);
  });
});
