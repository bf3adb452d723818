import { ConnectionPool, type RequestError } from "mssql";
import { countOf } from "../support/counts";
import { survive, type Target, Unacceptable } from "./campaign";
import { randomFor } from "./mutation";
import { type RunningLab, startLabProcess } from "./running-lab";
import { mutatedStatement } from "./statements";
import { tidyUp } from "./tidy";

const seed = 20260305;
const count = countOf(100_000);
const lanes = 12;
/** What has not answered by now is cancelled, and then has to end. */
const cancelMilliseconds = 250;

/** Each lane's session has a database of its own, so that it seldom waits for the others. */
const databases = Array.from({ length: lanes }, (_, lane) => `lane${lane}`);
const people =
  "CREATE TABLE People (Id int PRIMARY KEY, Name nvarchar(20), Boss int) INSERT People VALUES (1, N'Ada', NULL), (2, N'bob', 1), (3, NULL, 1), (4, N'BOB', 2)";
/** What the next statement must not inherit. */
const afresh = (database: string): string =>
  `IF @@TRANCOUNT > 0 ROLLBACK SET XACT_ABORT OFF SET IMPLICIT_TRANSACTIONS OFF SET NOCOUNT OFF SET LOCK_TIMEOUT -1 SET QUOTED_IDENTIFIER ON USE ${database}`;

interface Statement {
  readonly text: string;
  /** As sp_executesql has it, instead of a batch. */
  readonly isCall: boolean;
}

describe("mutated statements", () => {
  let lab: RunningLab;
  let administrator: ConnectionPool;
  before(async function () {
    this.timeout(60_000);
    lab = await startLabProcess();
    administrator = await connect("master");
    await createDatabases();
  });
  after(async () => {
    await administrator.close();
    await lab.close();
  });

  async function connect(database: string): Promise<ConnectionPool> {
    const [server] = lab.ready.sqlServers;
    if (!server) throw new Error("the lab has a SQL Server");
    const { host, port, user, password } = server;
    const options = { encrypt: false, trustServerCertificate: true };
    const unchecked = { validateConnection: false };
    const pool = new ConnectionPool({
      server: host,
      port,
      user,
      password,
      database,
      options,
      pool: { max: 1 },
      ...unchecked,
    });
    pool.on("error", () => undefined);
    return pool.connect();
  }

  async function createDatabases(): Promise<void> {
    for (const database of databases) {
      await administrator.request().batch(`CREATE DATABASE ${database}`);
      await administrator.request().batch(`USE ${database} ${people}`);
    }
    await administrator.request().batch("USE master");
  }

  async function open(lane: number): Promise<Target<Statement>> {
    const database = databases[lane] ?? "master";
    const pool = await connect(database);
    return {
      async send({ text, isCall }) {
        const request = pool.request();
        const attention = setTimeout(() => request.cancel(), cancelMilliseconds);
        try {
          await (isCall ? request.query(text) : request.batch(text));
        } catch (error) {
          refuse(error as RequestError, text);
        } finally {
          clearTimeout(attention);
        }
        await pool.request().batch(afresh(database));
        return true;
      },
      end: () => void pool.close().catch(() => undefined),
    };
  }

  it(`${count} of them neither crash the lab nor make it hang, and leave nothing behind`, async function () {
    this.timeout(60_000 + count * 40);
    await survive<Statement>({
      lab,
      what: "statements",
      count,
      lanes,
      perConnection: 200,
      input(index) {
        const random = randomFor(seed, index);
        return { text: mutatedStatement(random), isCall: random(2) === 0 };
      },
      open,
      show: ({ text, isCall }) => `${isCall ? "query" : "batch"} ${JSON.stringify(text)}`,
      async bystander() {
        const { recordset } = await administrator.request().batch("SELECT 'alive' AS is_it");
        if (recordset[0]?.is_it !== "alive") throw new Error("the bystander got another answer");
      },
      async tidy() {
        await tidyUp(administrator);
        await createDatabases();
      },
    });
  });
});

/** Errors are what most of the statements end with; but of the kind that a server has. */
function refuse(error: RequestError, statement: string): void {
  if (error.code === "ECANCEL") return;
  if (error.code !== "EREQUEST") throw new Unacceptable(`the session ended: ${error.code} ${error.message}`);
  const preceding = "precedingErrors" in error ? (error.precedingErrors as readonly RequestError[]) : [];
  for (const each of [...preceding, error]) {
    const { message, number } = each;
    const [severity, lineNumber] = [Number(each.class), Number(each.lineNumber)];
    const isSane = severity > 10 && severity < 20 && lineNumber >= 1;
    const isLeak = /undefined|\[object|NaN|An internal error/.test(message) && !/undefined|NaN|object/.test(statement);
    if (!isSane || isLeak) throw new Unacceptable(`${number}, severity ${severity}, line ${lineNumber}: ${message}`);
  }
}
