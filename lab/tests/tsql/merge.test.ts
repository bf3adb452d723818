import assert from "node:assert/strict";
import { errorsOf, newServer, rowsOf, type Server } from "./support";

describe("MERGE", () => {
  let server: Server;
  beforeEach(async () => {
    server = newServer();
    const { errors } = await server.run(`CREATE TABLE t (id int PRIMARY KEY, v int DEFAULT 7, n int IDENTITY);
      CREATE TABLE s (id int, v int); INSERT t (id, v) VALUES (1, 10), (2, 20), (3, 30); INSERT s VALUES (2, 22), (4, 44)`);
    assert.deepEqual(errors, []);
  });
  const rows = () => rowsOf("SELECT id, v FROM t ORDER BY id", server);

  it("updates, inserts and deletes in one statement, and says with $action which", async () => {
    const { sets, errors, ends } = await server.run(`MERGE INTO t AS target USING s AS source ON target.id = source.id
      WHEN MATCHED THEN UPDATE SET target.v += 1
      WHEN NOT MATCHED BY TARGET THEN INSERT (id, v) VALUES (source.id, source.v)
      WHEN NOT MATCHED BY SOURCE AND target.id > 2 THEN DELETE
      OUTPUT $action, inserted.id, deleted.v AS before, inserted.v AS after, source.v;`);
    assert.deepEqual(errors, []);
    assert.deepEqual(
      sets[0]?.columns.map(({ name }) => name),
      ["$action", "id", "before", "after", "v"],
    );
    assert.deepEqual(sets[0]?.rows, [
      ["UPDATE", 2, 20, 21, 22],
      ["INSERT", 4, null, 44, 44],
      ["DELETE", null, 30, null, null],
    ]);
    assert.equal(ends.at(-1)?.rowCount, 3);
    assert.deepEqual(await rows(), [
      [1, 10],
      [2, 21],
      [4, 44],
    ]);
  });

  it("takes the first clause that holds, defaults, derived tables and common table expressions", async () => {
    await server.run(`WITH more AS (SELECT id, v FROM s) MERGE t USING more m ON t.id = m.id
      WHEN MATCHED AND m.v > 100 THEN UPDATE SET v = 0 WHEN MATCHED THEN DELETE
      WHEN NOT MATCHED THEN INSERT (id, v) VALUES (m.id, DEFAULT);`);
    assert.deepEqual(await rows(), [
      [1, 10],
      [3, 30],
      [4, 7],
    ]);
    await server.run(`DECLARE @done TABLE (what nvarchar(10), id int)
      MERGE TOP (1) t USING (VALUES (8, 80), (9, 90)) AS v (id, x) ON t.id = v.id
      WHEN NOT MATCHED THEN INSERT (id, v) VALUES (v.id, v.x) OUTPUT $action, inserted.id INTO @done;
      INSERT s SELECT id, 1 FROM @done WHERE what = 'INSERT'`);
    assert.deepEqual(await rowsOf("SELECT id FROM s WHERE v = 1", server), [[8]]);
  });

  it("moves keys between rows, and changes nothing where a row is refused", async () => {
    await server.run(`MERGE t USING (VALUES (1, 2), (2, 1)) AS m (id, new) ON t.id = m.id
      WHEN MATCHED THEN UPDATE SET id = m.new;`);
    assert.deepEqual(await rows(), [
      [1, 20],
      [2, 10],
      [3, 30],
    ]);
    const refused = `MERGE t USING (VALUES (5, 1), (6, 3)) AS m (id, new) ON t.id = m.id
      WHEN NOT MATCHED THEN INSERT (id) VALUES (m.new) WHEN NOT MATCHED BY SOURCE THEN UPDATE SET v = 0;`;
    assert.deepEqual(await errorsOf(refused, server), ["2627@1"]);
    assert.deepEqual((await rows())[0], [1, 20]);
  });

  it("refuses to change a row twice, clauses that cannot be, and to end without a semicolon", async () => {
    const using = "MERGE t USING (VALUES (1, 1), (1, 2)) AS m (id, v) ON t.id = m.id";
    const cases: [string, string][] = [
      [`${using} WHEN MATCHED THEN UPDATE SET v = m.v;`, "8672@1"],
      [`${using} WHEN MATCHED THEN DELETE`, "10713@1"],
      [`${using} WHEN MATCHED THEN INSERT (id) VALUES (1);`, "10710@1"],
      [`${using} WHEN NOT MATCHED THEN DELETE;`, "10710@1"],
      [`${using} WHEN MATCHED AND m.v = 1 THEN DELETE WHEN MATCHED THEN DELETE;`, "10714@1"],
      [`${using} WHEN MATCHED THEN DELETE WHEN MATCHED AND m.v = 1 THEN UPDATE SET v = 1;`, "5324@1"],
      [`${using} WHEN MATCHED THEN UPDATE SET v = 1, t.v = 2;`, "264@1"],
      ["MERGE nothing USING s ON 1 = 1 WHEN MATCHED THEN DELETE;", "208@1"],
    ];
    for (const [text, error] of cases) assert.deepEqual(await errorsOf(text, server), [error], text);
  });
});
