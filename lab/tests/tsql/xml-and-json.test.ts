import assert from "node:assert/strict";
import { errorsOf, rowsOf, select } from "./support";

const document = `DECLARE @x xml = '<?xml version="1.0"?> <a> <b id="1">x</b><b id="2">y<c/></b> </a>'; `;

describe("the xml type", () => {
  it("answers paths: value, query and exist", async () => {
    assert.deepEqual(
      await rowsOf(`${document} SELECT @x.value('(/a/b)[1]', 'varchar(10)'), @x.value('(/a/b/@id)[2]', 'int'),
        @x.query('/a/b[@id=2]'), @x.exist('/a/b[c]'), @x.exist('/a/d'), @x.value('count(/a/b)', 'int'), @x.value('(/a/d)[1]', 'int')`),
      [["x", 2, '<b id="2">y<c/></b>', 1, 0, 2, null]],
    );
  });

  it("is rows by nodes(), which know where they stand", async () => {
    assert.deepEqual(
      await rowsOf(`${document} SELECT n.value('@id', 'int'), n.value('.', 'varchar(9)'), n.value('count(../b)', 'int')
        FROM @x.nodes('/a/b') AS t(n)`),
      [
        [1, "x", 2],
        [2, "y", 2],
      ],
    );
    assert.deepEqual(
      await rowsOf(`SELECT r.id, v.c.value('.', 'int') FROM (SELECT 1 AS id, CAST('<i>4</i><i>5</i>' AS xml) AS doc) r
        CROSS APPLY r.doc.nodes('/i') AS v(c)`),
      [
        [1, 4],
        [1, 5],
      ],
    );
  });

  it("takes values of the statement into its paths", async () => {
    assert.deepEqual(
      await rowsOf(
        `${document} DECLARE @id int = 2; SELECT @x.value('(/a/b[@id=sql:variable("@id")]/text())[1]', 'char(1)')`,
      ),
      [["y"]],
    );
  });

  it("reads namespaces that a path declares", async () => {
    assert.deepEqual(
      await rowsOf(
        `DECLARE @x xml = '<p:a xmlns:p="urn:x">1</p:a>'; SELECT @x.value('declare namespace q="urn:x"; (/q:a)[1]', 'int')`,
      ),
      [[1]],
    );
  });

  it("is written as it was parsed", async () => {
    assert.deepEqual(
      await select(
        "CAST('<a  b=''1''></a>' AS xml), CAST(CAST('<a/> t' AS xml) AS nvarchar(20)), TRY_CAST('<a' AS xml)",
      ),
      ['<a b="1"/>', "<a/> t", null],
    );
  });

  for (const [text, error] of [
    ["SELECT CAST('<a>' AS xml)", "9400@1"],
    ["SELECT CAST('<a></b>' AS xml)", "9436@1"],
    ["DECLARE @x xml = '<a/>'; SELECT @x.value('/a', 'int')", "2389@1"],
    ["DECLARE @x xml = '<a/>'; SELECT 1 WHERE @x = @x", "305@1"],
    ["DECLARE @x xml = '<a/>'; SELECT CAST(@x AS int)", "529@1"],
    ["DECLARE @x int = 1; SELECT @x.value('.', 'int')", "258@1"],
  ] as const) {
    it(`refuses ${text}`, async () => {
      assert.deepEqual(await errorsOf(text), [error]);
    });
  }
});

describe("JSON", () => {
  const json = `'{"a":{"b":"x","n":1.50},"list":[1,{"c":null}],"2":true,"1":false}'`;

  it("answers paths, with numbers as they were written", async () => {
    assert.deepEqual(
      await select(`JSON_VALUE(${json}, '$.a.b'), JSON_VALUE(${json}, '$.a.n'), JSON_VALUE(${json}, '$.list[0]'),
        JSON_VALUE(${json}, '$.a'), JSON_VALUE(${json}, 'lax $.nothing'), JSON_QUERY(${json}, '$.list'), JSON_QUERY(${json}, '$.a.b')`),
      ["x", "1.50", "1", null, null, '[1,{"c":null}]', null],
    );
  });

  it("is told from what is none", async () => {
    assert.deepEqual(
      await select(`ISJSON(${json}), ISJSON('[]'), ISJSON('x'), ISJSON('1'), ISJSON('{"a":1,}'), ISJSON(NULL)`),
      [1, 1, 0, 0, 0, null],
    );
  });

  it("is rows by OPENJSON, in the order in which it was written", async () => {
    assert.deepEqual(await rowsOf(`SELECT [key], value, type FROM OPENJSON(${json})`), [
      ["a", '{"b":"x","n":1.50}', 5],
      ["list", '[1,{"c":null}]', 4],
      ["2", "true", 3],
      ["1", "false", 3],
    ]);
    assert.deepEqual(
      await rowsOf(`SELECT id, title, rest FROM OPENJSON('{"rows":[{"id":1,"t":"x","r":[2]},{"id":"2"}]}', '$.rows')
        WITH (id int, title nvarchar(10) '$.t', rest nvarchar(max) '$.r' AS JSON)`),
      [
        [1, "x", "[2]"],
        [2, null, null],
      ],
    );
  });

  it("is changed by JSON_MODIFY", async () => {
    assert.deepEqual(
      await select(`JSON_MODIFY('{"a":1,"b":2}', '$.a', 'x'), JSON_MODIFY('{"a":1,"b":2}', '$.a', NULL), JSON_MODIFY('{"a":1}', '$.c', 5),
        JSON_MODIFY('{"a":[1]}', 'append $.a', 2), JSON_MODIFY('{}', '$.j', JSON_QUERY('[1]'))`),
      ['{"a":"x","b":2}', '{"b":2}', '{"a":1,"c":5}', '{"a":[1,2]}', '{"j":[1]}'],
    );
  });

  for (const [text, error] of [
    ["SELECT JSON_VALUE('{bad}', '$.a')", "13609@1"],
    ["SELECT JSON_VALUE('{}', 'a')", "13607@1"],
    ["SELECT JSON_VALUE('{}', 'strict $.a')", "13608@1"],
    [`SELECT JSON_VALUE('{"a":{}}', 'strict $.a')`, "13623@1"],
    [`SELECT JSON_QUERY('{"a":1}', 'strict $.a')`, "13624@1"],
  ] as const) {
    it(`refuses ${text}`, async () => {
      assert.deepEqual(await errorsOf(text), [error]);
    });
  }
});
