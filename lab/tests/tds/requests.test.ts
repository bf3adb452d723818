import assert from "node:assert/strict";
import sql, { type ConnectionPool, type RequestError } from "mssql";
import type { ResultSink } from "#lab/tsql/host";
import { SqlError, sqlError } from "#lab/tsql/messages";
import { connect, password, select, startServer, type TestServer } from "./backend";
import { call, loggedIn } from "./raw-client";

const int = { name: "int" } as const;
const text = { name: "nvarchar", length: 50 } as const;

async function failure(work: Promise<unknown>): Promise<RequestError & { precedingErrors: RequestError[] }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error as RequestError & { precedingErrors: RequestError[] };
  }
  throw new Error("it should have failed");
}

const one = (sink: ResultSink, value: number): void =>
  select(sink, [value], [{ name: "n", type: int, nullable: true }]);

describe("requests to the TDS listener", () => {
  let server: TestServer;
  let pool: ConnectionPool;
  beforeEach(async () => {
    server = await startServer();
    pool = await connect(server.config({}, { pool: { min: 0, max: 1 } }));
    pool.on("error", () => {});
  });
  afterEach(async () => {
    await pool.close();
    await server.listener.close();
  });

  for (const how of ["batch", "query"] as const) {
    it(`return several result sets and their counts in order (${how})`, async () => {
      server.answer = ({ sink }) => {
        one(sink, 1);
        sink.statementEnd({ rowCount: 5, isSelect: false, failed: false });
        sink.statementEnd({ isSelect: false, failed: false });
        sink.columns([{ name: "s", type: text, nullable: true }]);
        sink.statementEnd({ rowCount: 0, isSelect: true, failed: false });
        one(sink, 3);
      };
      const result = await pool.request()[how]("several");
      assert.deepEqual(JSON.parse(JSON.stringify(result.recordsets)), [[{ n: 1 }], [], [{ n: 3 }]]);
      assert.deepEqual(result.rowsAffected, [1, 5, 0, 1]);
    });

    it(`show the last error and, as preceding errors, its causes (${how})`, async () => {
      const cause = new SqlError(35221, 16, "manager is disabled", 3, 7, "sp_it");
      server.answer = () => {
        throw new SqlError(41152, 16, "rolled back", 2, 8, "", [cause]);
      };
      const error = await failure(pool.request()[how]("create"));
      assert.deepEqual(
        [error.number, error.class, error.state, error.message, error.lineNumber, error.serverName],
        [41152, 16, 2, "rolled back", 8, "TESTSERVER"],
      );
      const [before] = error.precedingErrors;
      assert.equal(error.precedingErrors.length, 1);
      assert.deepEqual([before?.number, before?.state, before?.lineNumber, before?.procName], [35221, 3, 7, "sp_it"]);
    });

    it(`keep the results before an error and the connection after it (${how})`, async () => {
      server.answer = ({ sink }) => {
        one(sink, 1);
        sink.error(sqlError(208, "nothing"));
        sink.statementEnd({ isSelect: true, failed: true });
        one(sink, 2);
      };
      const request = pool.request();
      const rows: number[] = [];
      request.on("row", (row: { n: number }) => rows.push(row.n));
      request.stream = true;
      const errors: number[] = [];
      request.on("error", (error: RequestError) => errors.push(error.number ?? 0));
      await new Promise<void>((resolve) => {
        request.on("done", () => resolve());
        void request[how]("mixed");
      });
      assert.deepEqual([rows, errors], [[1, 2], [208]]);
      server.answer = ({ sink }) => one(sink, 4);
      assert.equal((await pool.request()[how]("next")).recordset[0].n, 4);
    });

    it(`carry messages up to severity 10, which goes out as 0 (${how})`, async () => {
      server.answer = ({ sink }) => {
        sink.info({ number: 0, severity: 0, state: 1, text: "printed", line: 2 });
        sink.info({ number: 4035, severity: 10, state: 1, text: "Processed 8 pages", line: 3 });
        sink.databaseChanged("db1", "master");
      };
      const request = pool.request();
      const infos: unknown[] = [];
      request.on("info", (info) => infos.push([info.number, info.class, info.message, info.lineNumber]));
      await request[how]("backup");
      assert.deepEqual(infos, [
        [0, 0, "printed", 2],
        [4035, 0, "Processed 8 pages", 3],
        [5701, 0, "Changed database context to 'db1'.", 1],
      ]);
    });
  }

  it("can be cancelled, and the connection serves the next one", async () => {
    const request = pool.request();
    let aborted = false;
    const spids: number[] = [];
    server.answer = async ({ signal, session }) => {
      spids.push(session.spid);
      setImmediate(() => request.cancel());
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      aborted = true;
    };
    assert.equal((await failure(request.batch("waitfor"))).code, "ECANCEL");
    server.answer = ({ sink, session }) => {
      spids.push(session.spid);
      one(sink, 9);
    };
    assert.equal((await pool.request().batch("next")).recordset[0].n, 9);
    assert.equal(aborted, true);
    assert.equal(spids[0], spids[1]);
  });

  it("name a procedure, and bring back its output parameters and return status", async () => {
    server.answer = ({ rpc, text: procedure }) => {
      assert.equal(procedure, "sp_it");
      const [input, output] = rpc?.request.parameters ?? [];
      assert.deepEqual([input?.name, input?.value, input?.output], ["in", 20, false]);
      assert.deepEqual([output?.name, output?.value, output?.output], ["out", null, true]);
      rpc?.sink.returnValue(1, text, "forty");
      rpc?.sink.returnValue(2, { name: "nvarchar", length: "max" }, "z".repeat(10_000));
    };
    const result = await pool
      .request()
      .input("in", sql.Int, 20)
      .output("out", sql.NVarChar(50))
      .output("big", sql.NVarChar(sql.MAX))
      .execute("sp_it");
    assert.equal(result.returnValue, 0);
    assert.deepEqual({ ...result.output }, { out: "forty", big: "z".repeat(10_000) });
  });

  it("refuse table-valued parameters and bulk loads, which the lab does not speak", async () => {
    server.answer = () => {};
    const table = new sql.Table("dbo.Ids");
    table.columns.add("a", sql.Int, { nullable: true });
    table.rows.add(1);
    const parameter = await failure(pool.request().input("t", table).execute("sp_it"));
    assert.match(parameter.message, /^\[lab\] A table-valued parameter is not spoken/);
    assert.match((await failure(pool.request().bulk(table))).message, /^\[lab\] A bulk load is not spoken/);
  });

  it("refuse a parameter of a data type that the lab does not read: 8009", async () => {
    const client = await loggedIn(server.listener.port, { password });
    client.send(0x03, call(10, Buffer.from("0000f0", "hex")));
    assert.ok((await client.message()).includes(Buffer.from("Data type 0xF0 is unknown.", "utf16le")));
    client.end();
  });

  it("are cut off after an error of severity 20", async () => {
    server.answer = ({ sink }) =>
      sink.error(new SqlError(596, 21, "Cannot continue the execution because the session is in the kill state."));
    const error = await failure(pool.request().batch("anything"));
    assert.match(error.message, /kill state|socket|closed/i);
    server.answer = ({ sink }) => one(sink, 6);
    assert.equal((await pool.request().batch("next")).recordset[0].n, 6);
    assert.ok(server.log.filter((entry) => entry === "close").length >= 2);
  });

  it("hide nothing of a failure of the lab itself", async () => {
    server.answer = () => {
      throw new RangeError("a bug");
    };
    assert.equal((await failure(pool.request().batch("x"))).message, "[lab] An internal error occurred: a bug");
  });
});
