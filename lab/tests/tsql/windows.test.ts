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

  it("adds up to the current row, rows that are equal in its order together, unless it is told which rows", async () => {
    assert.deepEqual(
      await over(
        `SUM(n) OVER (PARTITION BY g ORDER BY n), SUM(n) OVER (PARTITION BY g ORDER BY n ROWS UNBOUNDED PRECEDING),
         COUNT(*) OVER (PARTITION BY g), MAX(n) OVER (ORDER BY g, n ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING)`,
      ),
      [
        [2, 1, 3, 1],
        [2, 2, 3, 3],
        [5, 5, 3, 3],
        [null, null, 2, 5],
        [5, 5, 2, 5],
      ],
    );
  });

  it("looks at rows before and behind, and at the ends of the frame", async () => {
    assert.deepEqual(
      await over(
        `LAG(n) OVER (ORDER BY g, n), LEAD(n, 2, -1) OVER (ORDER BY g, n),
         FIRST_VALUE(n) OVER (PARTITION BY g ORDER BY n), LAST_VALUE(n) OVER (PARTITION BY g ORDER BY n),
         LAG(n) IGNORE NULLS OVER (ORDER BY g, n)`,
      ),
      [
        [null, 3, 1, 1, null],
        [1, null, 1, 1, 1],
        [1, 5, 1, 3, 1],
        [3, -1, null, null, 3],
        [null, -1, null, 5, 3],
      ],
    );
  });

  it("calculates over groups too, after HAVING", async () => {
    assert.deepEqual(await rowsOf("SELECT g, SUM(COUNT(*)) OVER () FROM t GROUP BY g HAVING COUNT(*) < 3", server), [
      ["b", 2],
    ]);
  });

  it("has the types of the server: bigint for numbers, the argument's own for neighbours", async () => {
    const { sets } = await server.run(
      "SELECT ROW_NUMBER() OVER (ORDER BY n), LAG(g) OVER (ORDER BY n), PERCENT_RANK() OVER (ORDER BY n) FROM t",
    );
    assert.deepEqual(
      sets[0]?.columns.map(({ type }) => type),
      [{ name: "bigint" }, { name: "varchar", length: 1 }, { name: "float" }],
    );
  });

  for (const [text, error] of [
    ["SELECT 1 FROM t WHERE ROW_NUMBER() OVER (ORDER BY n) = 1", "4108@1"],
    ["SELECT ROW_NUMBER() OVER (PARTITION BY g) FROM t", "4112@1"],
    ["SELECT ROW_NUMBER() FROM t", "10753@1"],
    ["SELECT LEN(g) OVER (ORDER BY n) FROM t", "4113@1"],
    ["SELECT COUNT(DISTINCT n) OVER () FROM t", "10759@1"],
    ["SELECT SUM(RANK() OVER (ORDER BY n)) OVER () FROM t", "4109@1"],
    ["SELECT RANK() OVER (ORDER BY 1) FROM t", "5308@1"],
    ["SELECT RANK() OVER (ORDER BY n ROWS UNBOUNDED PRECEDING) FROM t", "10752@1"],
  ] as const) {
    it(`refuses ${text}`, async () => {
      assert.deepEqual(await errorsOf(text, server), [error]);
    });
  }
});
