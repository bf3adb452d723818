import assert from "node:assert/strict";
import { int, type SqlValue } from "#lab/tsql/types";
import { column, errorsOf, newServer, rowsOf, table } from "./support";

const server = newServer();
server.tables.set(
  "t",
  table(
    [column("g", { name: "varchar", length: 1 }), column("n", int)],
    [
      ["a", 1],
      ["a", 1],
      ["a", 3],
      ["b", null],
      ["b", 5],
    ],
  ),
);
const over = async (list: string): Promise<readonly (readonly SqlValue[])[]> =>
  (await rowsOf(`SELECT ${list} FROM t ORDER BY g, n`, server)).map((row) =>
    row.map((value) => (typeof value === "bigint" ? Number(value) : value)),
  );

describe("OVER", () => {
  it("numbers and ranks the rows of each partition", async () => {
    assert.deepEqual(
      await over(
        `ROW_NUMBER() OVER (PARTITION BY g ORDER BY n), RANK() OVER (ORDER BY g), DENSE_RANK() OVER (ORDER BY g),
         NTILE(2) OVER (ORDER BY g, n)`,
      ),
      [
        [1, 1, 1, 1],
        [2, 1, 1, 1],
        [3, 1, 1, 1],
        [1, 4, 2, 2],
        [2, 4, 2, 2],
      ],
    );
  });

  it("numbers groups too, after HAVING, as bigint", async () => {
    const { sets } = await server.run(
      "SELECT g, ROW_NUMBER() OVER (ORDER BY COUNT(*)) FROM t GROUP BY g HAVING COUNT(*) < 3",
    );
    assert.deepEqual(sets[0]?.rows, [["b", 1n]]);
    assert.deepEqual(sets[0]?.columns[1]?.type, { name: "bigint" });
  });

  for (const [text, error] of [
    ["SELECT 1 FROM t WHERE ROW_NUMBER() OVER (ORDER BY n) = 1", "4108@1"],
    ["SELECT ROW_NUMBER() OVER (PARTITION BY g) FROM t", "4112@1"],
    ["SELECT ROW_NUMBER() FROM t", "10753@1"],
    ["SELECT NTILE(RANK() OVER (ORDER BY n)) OVER (ORDER BY n) FROM t", "4109@1"],
    ["SELECT RANK() OVER (ORDER BY 1) FROM t", "5308@1"],
    ["SELECT RANK() OVER (ORDER BY n ROWS UNBOUNDED PRECEDING) FROM t", "10752@1"],
  ] as const) {
    it(`refuses ${text}`, async () => {
      assert.deepEqual(await errorsOf(text, server), [error]);
    });
  }
});
