import assert from "node:assert/strict";
import { executeProcedure } from "#lab/tsql/index";
import { int, nvarchar, type SqlType, type SqlValue } from "#lab/tsql/types";
import { newAnswer, newServer } from "./support";

interface Parameter {
  readonly value: SqlValue;
  readonly type: SqlType;
  readonly output: boolean;
}
const number = (value: SqlValue, output = false): Parameter => ({ value, type: int, output });
const text = (value: string): Parameter => ({ value, type: nvarchar("max"), output: false });
const out = number(0, true);

const keyset = 1;
const fastForward = 16;
const parameterized = 0x1000;
const autoFetch = 0x2000;
const readOnly = 1;
const allowDirect = 0x2000;
const fetch = { first: 1, next: 2, previous: 4, last: 8, absolute: 16, relative: 32, refresh: 128, info: 256 } as const;
const numbers = "SELECT n FROM (VALUES (1), (2), (3), (4), (5), (6), (7)) AS v (n)";

describe("the server's cursors behind drivers", () => {
  const server = newServer();
  async function call(procedure: string, ...parameters: readonly Parameter[]) {
    const { answer, sink } = newAnswer();
    const result = await executeProcedure(procedure, parameters, server.session, sink, new AbortController().signal);
    const [set] = answer.sets;
    return {
      rows: set?.rows.map((row) => row[0]),
      columns: set?.columns.map(({ name }) => name),
      outputs: result.outputs.map(({ value }) => value),
      errors: answer.errors.map((error) => error.number),
    };
  }
  const open = (statement: string, scrolling: number, concurrency = readOnly) =>
    call("sp_cursoropen", out, text(statement), number(scrolling), number(concurrency), out);
  const fetchRows = async (cursor: SqlValue | undefined, type: number, row: number, count: number) =>
    (await call("sp_cursorfetch", number(cursor ?? 0), number(type), number(row), number(count))).rows;

  it("open without rows, and say how many there are", async () => {
    const opened = await open(numbers, keyset);
    assert.deepEqual([opened.columns, opened.rows, opened.outputs[1]], [["n", "ROWSTAT"], [], 7]);
    assert.equal((await open(numbers, fastForward)).outputs[1], -1);
    assert.deepEqual((await open(numbers, keyset | autoFetch)).rows, [1]);
  });

  it("are not opened over what is no T-SQL", async () => {
    const { errors, outputs } = await open("SELECT FROM", keyset);
    assert.deepEqual([errors, outputs], [[156], []]);
  });

  it("fetch blocks in every direction", async () => {
    const [cursor] = (await open(numbers, keyset)).outputs;
    const steps: readonly (readonly [type: number, row: number, count: number, rows: readonly number[]])[] = [
      [fetch.next, 0, 2, [1, 2]],
      [fetch.next, 0, 2, [3, 4]],
      [fetch.refresh, 0, 2, [3, 4]],
      [fetch.previous, 0, 2, [1, 2]],
      [fetch.previous, 0, 2, []],
      [fetch.last, 0, 3, [5, 6, 7]],
      [fetch.next, 0, 3, []],
      [fetch.previous, 0, 2, [6, 7]],
      [fetch.absolute, 4, 2, [4, 5]],
      [fetch.absolute, -2, 5, [6, 7]],
      [fetch.relative, -3, 1, [3]],
      [fetch.first, 0, 0, []],
      [fetch.next, 0, 1, [1]],
    ];
    for (const [type, row, count, rows] of steps) assert.deepEqual(await fetchRows(cursor, type, row, count), rows);
    const position = await call("sp_cursorfetch", number(cursor ?? 0), number(fetch.info), out, out);
    assert.deepEqual(position.outputs, [1, 7]);
  });

  it("keep the rows that were there when they were opened, until they are closed", async () => {
    await server.run("CREATE TABLE moving (n int) INSERT moving VALUES (1), (2)");
    const [cursor] = (await open("SELECT n FROM moving", keyset)).outputs;
    await server.run("DELETE moving");
    assert.deepEqual(await fetchRows(cursor, fetch.next, 0, 10), [1, 2]);
    assert.deepEqual((await call("sp_cursorclose", number(cursor ?? 0))).errors, []);
    assert.deepEqual((await call("sp_cursorfetch", number(cursor ?? 0))).errors, [16909]);
  });

  it("take parameters, and are prepared once and opened often", async () => {
    const values = [text("@a int"), number(5)];
    const [cursor] = (
      await call(
        "sp_cursoropen",
        out,
        text(`${numbers} WHERE n > @a`),
        number(keyset | parameterized),
        number(1),
        out,
        ...values,
      )
    ).outputs;
    assert.deepEqual(await fetchRows(cursor, fetch.next, 0, 9), [6, 7]);
    const options = [number(fastForward), number(readOnly), out];
    const [handle, first] = (
      await call("sp_cursorprepexec", out, out, text("@a int"), text(`${numbers} WHERE n < @a`), ...options, number(3))
    ).outputs;
    assert.deepEqual(await fetchRows(first, fetch.next, 0, 9), [1, 2]);
    const [second] = (await call("sp_cursorexecute", number(handle ?? 0), out, ...options, number(2))).outputs;
    assert.deepEqual(await fetchRows(second, fetch.next, 0, 9), [1]);
    await call("sp_cursorunprepare", number(handle ?? 0));
    assert.deepEqual((await call("sp_cursorexecute", number(handle ?? 0), out, ...options, number(2))).errors, [8179]);
  });

  it("are for rows: other statements run as they are where that is allowed", async () => {
    await server.run("CREATE TABLE direct (n int)");
    assert.deepEqual((await open("INSERT direct VALUES (1)", keyset)).errors, [16937]);
    assert.deepEqual((await open("INSERT direct VALUES (1)", keyset, readOnly | allowDirect)).outputs, [0, 0]);
    assert.deepEqual((await open("SELECT n FROM nosuch", keyset)).errors, [208]);
    const [forward] = (await open(numbers, fastForward)).outputs;
    assert.deepEqual((await call("sp_cursorfetch", number(forward ?? 0), number(fetch.last))).errors, [16911]);
    assert.deepEqual((await call("sp_cursor", number(forward ?? 0), number(33), number(1))).errors, [16929]);
  });
});
