import assert from "node:assert/strict";
import { errorsOf, newServer, rowsOf, type Server } from "./support";

describe("rows changed through a query", () => {
  let server: Server;
  beforeEach(async () => {
    server = newServer();
    for (const text of [
      "CREATE TABLE t (id int IDENTITY PRIMARY KEY, name varchar(10), v int DEFAULT 5)",
      "INSERT t VALUES ('a', 1), ('a', 2), ('b', 3), ('c', 40)",
      "CREATE VIEW small (number, label, half) AS SELECT x.v, x.name, v / 2 FROM t x WHERE x.v < 10 WITH CHECK OPTION",
      "CREATE VIEW joined AS SELECT a.v, b.name FROM t a JOIN t b ON a.id = b.id",
      "CREATE VIEW summed AS SELECT name, SUM(v) AS v FROM t GROUP BY name",
    ])
      assert.deepEqual((await server.run(text)).errors, [], text);
  });
  const rows = () => rowsOf("SELECT name, v FROM t ORDER BY id", server);

  it("are those of the table behind a view", async () => {
    const { errors, ends } = await server.run(`UPDATE small SET number = number + 1 WHERE label = 'a' AND half = 1
      INSERT small (label, number) VALUES ('d', 9) INSERT small (label) VALUES ('e')
      DELETE small WHERE label = 'b'`);
    assert.deepEqual(errors, []);
    assert.deepEqual(
      ends.map(({ rowCount }) => rowCount),
      [1, 1, 1, 1],
    );
    assert.deepEqual(await rows(), [
      ["a", 1],
      ["a", 3],
      ["c", 40],
      ["d", 9],
      ["e", 5],
    ]);
  });

  it("stay within WITH CHECK OPTION, and are refused where there is no one table behind", async () => {
    const cases: [string, string][] = [
      ["UPDATE small SET number = 10 WHERE number = 3", "550@1"],
      ["INSERT small (number) VALUES (11)", "550@1"],
      ["UPDATE small SET half = 1", "4406@1"],
      ["UPDATE small SET nothing = 1", "207@1"],
      ["DELETE joined", "4405@1"],
      ["UPDATE summed SET v = 1", "4403@1"],
    ];
    for (const [text, error] of cases) assert.deepEqual(await errorsOf(text, server), [error], text);
    assert.equal((await rows()).length, 4);
  });
});
