import assert from "node:assert/strict";
import { errorsOf, newServer } from "./support";

async function printed(text: string): Promise<readonly string[]> {
  const { prints, errors } = await newServer().run(text);
  assert.deepEqual(errors, []);
  return prints;
}

describe("cursors", () => {
  it("go through the rows of a query", async () => {
    assert.deepEqual(
      await printed(`DECLARE @id int, @name nvarchar(20)
        DECLARE people_cursor CURSOR LOCAL FAST_FORWARD FOR SELECT Id, Name FROM people WHERE Name IS NOT NULL ORDER BY Id DESC
        OPEN people_cursor
        FETCH NEXT FROM people_cursor INTO @id, @name
        WHILE @@FETCH_STATUS = 0
        BEGIN
          PRINT CONCAT(@id, @name)
          FETCH NEXT FROM people_cursor INTO @id, @name
        END
        PRINT @@FETCH_STATUS
        CLOSE people_cursor
        DEALLOCATE people_cursor`),
      ["4BOB", "2bob", "1Ada", "-1"],
    );
  });

  it("scroll in every direction where they may", async () => {
    assert.deepEqual(
      await printed(`DECLARE @i int, @n int = -1
        DECLARE c SCROLL CURSOR FOR SELECT Id FROM people ORDER BY Id
        OPEN c
        FETCH LAST FROM c INTO @i PRINT @i
        FETCH PRIOR FROM c INTO @i PRINT @i
        FETCH ABSOLUTE 2 FROM c INTO @i PRINT @i
        FETCH ABSOLUTE -4 FROM c INTO @i PRINT @i
        FETCH RELATIVE @n FROM c INTO @i PRINT @@FETCH_STATUS
        FETCH FIRST FROM c INTO @i PRINT @i
        PRINT @@CURSOR_ROWS`),
      ["4", "3", "2", "1", "-1", "1", "4"],
    );
  });

  it("send a row that is fetched into nothing", async () => {
    const { sets } = await newServer().run(
      "DECLARE c CURSOR FOR SELECT Id, Name FROM people OPEN c FETCH c FETCH NEXT FROM c",
    );
    assert.deepEqual(
      sets.map(({ rows }) => rows),
      [[[1, "Ada"]], [[2, "bob"]]],
    );
  });

  it("are global unless they are declared local, and variables hold them too", async () => {
    const server = newServer();
    await server.run("DECLARE c CURSOR GLOBAL FOR SELECT 1; DECLARE d CURSOR LOCAL FOR SELECT 1");
    assert.deepEqual(await errorsOf("OPEN c; OPEN d", server), ["16916@1"]);
    assert.deepEqual(await errorsOf("DECLARE c CURSOR FOR SELECT 2", server), ["16915@1"]);
    assert.deepEqual(
      await printed(`DECLARE @c CURSOR, @i int
        SET @c = CURSOR FOR SELECT 7
        OPEN @c FETCH NEXT FROM @c INTO @i CLOSE @c DEALLOCATE @c PRINT @i`),
      ["7"],
    );
  });

  for (const [text, error] of [
    ["OPEN c", "16916@1"],
    ["DECLARE c CURSOR FOR SELECT 1 FETCH NEXT FROM c", "16917@1"],
    ["DECLARE c CURSOR FOR SELECT 1 OPEN c OPEN c", "16905@1"],
    ["DECLARE c CURSOR FOR SELECT 1 OPEN c FETCH PRIOR FROM c", "16911@1"],
    ["DECLARE @a int, @b int DECLARE c CURSOR FOR SELECT 1 OPEN c FETCH NEXT FROM c INTO @a, @b", "16924@1"],
    ["DECLARE @c CURSOR OPEN @c", "16950@1"],
    ["FETCH NEXT FROM c INTO @undeclared", "137@1"],
  ] as const) {
    it(`refuse ${text}`, async () => {
      assert.deepEqual(await errorsOf(text), [error]);
    });
  }
});

describe("GOTO", () => {
  it("goes to a label, also out of blocks", async () => {
    assert.deepEqual(
      await printed(`DECLARE @i int = 0
        again:
        SET @i += 1
        IF @i < 3 BEGIN PRINT @i GOTO again END
        WHILE 1 = 1 BEGIN GOTO done PRINT 'never' END
        done: PRINT 'done'`),
      ["1", "2", "done"],
    );
  });

  it("is compiled with its labels: 133 and 132", async () => {
    assert.deepEqual(await errorsOf("PRINT 1\nGOTO nowhere"), ["133@2"]);
    assert.deepEqual(await errorsOf("here:\nPRINT 1\nhere:\nPRINT 2"), ["132@3"]);
  });
});
