import assert from "node:assert/strict";
import { errorsOf, newServer, rowsOf, type Server } from "./support";

describe("sequences, synonyms and identity numbers", () => {
  let server: Server;
  beforeEach(() => {
    server = newServer();
  });
  async function run(text: string): Promise<string[]> {
    const { errors, prints } = await server.run(text);
    assert.deepEqual(errors, [], text);
    return prints;
  }
  const rows = (query: string) => rowsOf(query, server);

  it("give each number once, one for each row, and to ROLLBACK none back", async () => {
    await run(
      "CREATE SEQUENCE dbo.s AS int START WITH 10 INCREMENT BY 5 CREATE TABLE t (id int DEFAULT (NEXT VALUE FOR dbo.s), v int)",
    );
    await run(
      "INSERT t (v) VALUES (1), (2) BEGIN TRAN INSERT t (v) VALUES (3) ROLLBACK INSERT t SELECT NEXT VALUE FOR s, v FROM t",
    );
    assert.deepEqual(await rows("SELECT id, v FROM t ORDER BY id"), [
      [10, 1],
      [15, 2],
      [25, 1],
      [30, 2],
    ]);
    assert.deepEqual(await rows("SELECT NEXT VALUE FOR dbo.s AS a, NEXT VALUE FOR dbo.s AS b"), [[35, 35]]);
    assert.deepEqual(await rows("DECLARE @x bigint = NEXT VALUE FOR s SELECT @x"), [[40n]]);
  });

  it("end, begin again, or are restarted", async () => {
    await run(
      "CREATE SEQUENCE s AS tinyint MINVALUE 1 MAXVALUE 2 CREATE SEQUENCE c START WITH 2 MINVALUE 1 MAXVALUE 2 CYCLE NO CACHE",
    );
    await run("SELECT NEXT VALUE FOR s SELECT NEXT VALUE FOR s");
    assert.deepEqual(await errorsOf("SELECT NEXT VALUE FOR s", server), ["11728@1"]);
    assert.deepEqual(await rows("SELECT NEXT VALUE FOR c FROM (VALUES (1), (2)) AS v (a)"), [[2n], [1n]]);
    await run("ALTER SEQUENCE s RESTART");
    assert.deepEqual(await rows("SELECT NEXT VALUE FOR s"), [[1]]);
    await run("ALTER SEQUENCE s RESTART WITH 7 MAXVALUE 20 INCREMENT BY -2");
    assert.deepEqual(await rows("SELECT NEXT VALUE FOR s FROM (VALUES (1), (2)) AS v (a)"), [[7], [5]]);
    for (const [text, error] of [
      ["CREATE SEQUENCE s", "2714@1"],
      ["CREATE SEQUENCE x INCREMENT BY 0", "11700@1"],
      ["CREATE SEQUENCE x AS varchar(10)", "11702@1"],
      ["CREATE SEQUENCE x START WITH 5 MAXVALUE 4", "11703@1"],
      ["CREATE SEQUENCE x MINVALUE 5 MAXVALUE 4", "11705@1"],
      ["SELECT NEXT VALUE FOR nothing", "208@1"],
      ["CREATE TABLE t (a int) SELECT NEXT VALUE FOR t", "11726@1"],
      ["DROP SEQUENCE s, c DROP SEQUENCE IF EXISTS s DROP SEQUENCE s", "3701@1"],
    ] as const)
      assert.deepEqual(await errorsOf(text, server), [error], text);
  });

  it("stand for another object, also of another database, until they are dropped", async () => {
    await run("CREATE TABLE db1.dbo.far (id int)");
    await run("CREATE SYNONYM near FOR db1.dbo.far");
    await run("INSERT near VALUES (1), (2) DELETE near WHERE id = 1 UPDATE near SET id = 3");
    assert.deepEqual(await rows("SELECT id FROM db1.dbo.far"), [[3]]);
    await run("DROP TABLE db1.dbo.far");
    assert.deepEqual(await errorsOf("SELECT * FROM near", server), ["5313@1"]);
    await run("DROP SYNONYM near");
    assert.deepEqual(await errorsOf("SELECT * FROM near", server), ["208@1"]);
  });
});
