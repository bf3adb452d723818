import assert from "node:assert/strict";
import { errorsOf, newServer, rowsOf } from "./support";

const cases: readonly (readonly [query: string, text: string | null])[] = [
  ["SELECT ',' + Name FROM people ORDER BY Id FOR XML PATH('')", ",Ada,bob,BOB"],
  [
    "SELECT Id AS '@id', Name AS 'who/name', Boss AS 'who/boss' FROM people WHERE Id < 3 FOR XML PATH('p'), ROOT('all')",
    '<all><p id="1"><who><name>Ada</name></who></p><p id="2"><who><name>bob</name><boss>1</boss></who></p></all>',
  ],
  ["SELECT 'a<b&c' AS x, NULL AS y FOR XML PATH", "<row><x>a&lt;b&amp;c</x></row>"],
  ["SELECT Id, Name FROM people WHERE Id > 2 FOR XML RAW", '<row Id="3"/><row Id="4" Name="BOB"/>'],
  ["SELECT Id FROM people WHERE Id = 1 FOR XML RAW('p'), ELEMENTS", "<p><Id>1</Id></p>"],
  [
    "SELECT boss.Name, p.Id FROM people boss JOIN people p ON p.Boss = boss.Id WHERE boss.Id = 1 FOR XML AUTO",
    '<boss Name="Ada"><p Id="2"/><p Id="3"/></boss>',
  ],
  [
    "SELECT 1 AS a, NULL AS b FOR XML PATH, ELEMENTS XSINIL",
    '<row xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><a>1</a><b xsi:nil="true"/></row>',
  ],
  ["SELECT (SELECT 'x' AS y FOR XML PATH(''), TYPE) AS z FOR XML PATH('')", "<z><y>x</y></z>"],
  ["SELECT (SELECT 'x' AS y FOR XML PATH('')) AS z FOR XML PATH('')", "<z>&lt;y&gt;x&lt;/y&gt;</z>"],
  [
    "SELECT CAST('2026-03-05 01:02:03' AS datetime) AS d, 0x0102 AS b, 1.50 AS n FOR XML RAW",
    '<row d="2026-03-05T01:02:03" b="AQI=" n="1.50"/>',
  ],
  ["SELECT 1 AS [a b] FOR XML PATH('')", "<a_x0020_b>1</a_x0020_b>"],
  [
    "SELECT Id AS [p.id], Name AS [p.name], Boss FROM people WHERE Id < 3 FOR JSON PATH",
    '[{"p":{"id":1,"name":"Ada"}},{"p":{"id":2,"name":"bob"},"Boss":1}]',
  ],
  ["SELECT 1 AS a, NULL AS b FOR JSON PATH, INCLUDE_NULL_VALUES, WITHOUT_ARRAY_WRAPPER", '{"a":1,"b":null}'],
  [
    "SELECT CAST(1 AS bit) AS t, 'a\"/b' AS s, 1.5 AS n FOR JSON PATH, ROOT('r')",
    '{"r":[{"t":true,"s":"a\\"\\/b","n":1.5}]}',
  ],
  ["SELECT JSON_QUERY('[1]') AS q, (SELECT 2 AS x FOR JSON PATH) AS s FOR JSON PATH", '[{"q":[1],"s":[{"x":2}]}]'],
  [
    "SELECT boss.Name, p.Id FROM people boss JOIN people p ON p.Boss = boss.Id WHERE boss.Id = 1 FOR JSON AUTO",
    '[{"Name":"Ada","p":[{"Id":2},{"Id":3}]}]',
  ],
];

describe("FOR XML and FOR JSON", () => {
  for (const [query, text] of cases) {
    it(`make a document of the rows: ${query}`, async () => {
      assert.deepEqual(await rowsOf(query), [[text]]);
    });
  }

  it("are a value inside of other queries, NULL where there are no rows", async () => {
    assert.deepEqual(
      await rowsOf(`SELECT STUFF((SELECT ',' + Name FROM people FOR XML PATH(''), TYPE).value('.', 'nvarchar(max)'), 1, 1, ''),
        (SELECT 1 AS a WHERE 1 = 0 FOR JSON PATH)`),
      [["Ada,bob,BOB", null]],
    );
  });

  it("come under the server's own name, in rows of 2033 characters", async () => {
    const { sets } = await newServer().run(
      "SELECT REPLICATE('x', 3000) AS a FOR JSON PATH SELECT 1 AS a FOR XML PATH, TYPE",
    );
    assert.deepEqual(
      sets.map(({ columns }) => columns.map(({ name, type }) => [name, type.name])),
      [[["JSON_F52E2B61-18A1-11d1-B105-00805F49916B", "nvarchar"]], [["", "xml"]]],
    );
    assert.deepEqual(
      sets[0]?.rows.map(([part]) => String(part).length),
      [2033, 3010 - 2033],
    );
  });

  for (const [text, error] of [
    ["SELECT 1 FOR JSON PATH", "13605@1"],
    ["SELECT 1 FOR XML RAW", "6809@1"],
    ["SELECT 1 AS a FOR XML AUTO", "6800@1"],
    ["SELECT 1 AS a, 2 AS '@b' FOR XML PATH", "6852@1"],
    ["SELECT 1 AS '@b' FOR XML PATH('')", "6864@1"],
    ["SELECT 1 AS [a.b], 2 AS a FOR JSON PATH", "13601@1"],
  ] as const) {
    it(`refuse ${text}`, async () => {
      assert.deepEqual(await errorsOf(text), [error]);
    });
  }
});
