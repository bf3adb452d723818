import { createStore } from "#lab/tsql/data/store";
import type { Host, Procedure, ResultSink, ScalarFunction, Session, Table } from "#lab/tsql/host";
import { executeBatch } from "#lab/tsql/index";
import { type SqlError, sqlError } from "#lab/tsql/messages";
import type { ServerStatement } from "#lab/tsql/syntax/server-statement";
import { type Column, int, type SqlType, type SqlValue, sysname } from "#lab/tsql/types";

export interface ResultSet {
  readonly columns: readonly Column[];
  readonly rows: (readonly SqlValue[])[];
}
export interface Answer {
  readonly sets: ResultSet[];
  readonly errors: SqlError[];
  readonly prints: string[];
  readonly ends: { readonly rowCount?: number; readonly isSelect: boolean; readonly failed: boolean }[];
  readonly databases: string[];
}

export interface Server {
  readonly session: Session;
  /** The statements that the server was asked to carry out. */
  readonly statements: ServerStatement[];
  readonly slept: number[];
  readonly tables: Map<string, Table>;
  readonly procedures: Map<string, Procedure>;
  run(text: string, signal?: AbortSignal): Promise<Answer>;
}

export const column = (name: string, type: SqlType, nullable = true): Column => ({ name, type, nullable });

export const table = (columns: readonly Column[], rows: readonly (readonly SqlValue[])[]): Table => ({
  columns,
  rows: () => rows,
});

const people = table(
  [column("Id", int, false), column("Name", { name: "nvarchar", length: 20 }), column("Boss", int)],
  [
    [1, "Ada", null],
    [2, "bob", 1],
    [3, null, 1],
    [4, "BOB", 2],
  ],
);

export function newAnswer(): { answer: Answer; sink: ResultSink } {
  const answer: Answer = { sets: [], errors: [], prints: [], ends: [], databases: [] };
  const sink: ResultSink = {
    columns: (columns) => answer.sets.push({ columns, rows: [] }),
    row: (values) => answer.sets.at(-1)?.rows.push(values),
    statementEnd: (end) => answer.ends.push(end),
    error: (error) => answer.errors.push(error),
    info: ({ text }) => answer.prints.push(text),
    databaseChanged: (name) => answer.databases.push(name),
  };
  return { answer, sink };
}

/** A server that consists of arrays. `refuse`: the error number with which it answers a kind of statement. */
export function newServer(refuse: Readonly<Partial<Record<ServerStatement["kind"], number>>> = {}): Server {
  const statements: ServerStatement[] = [];
  const slept: number[] = [];
  const tables = new Map<string, Table>([["people", people]]);
  const procedures = new Map<string, Procedure>();
  const certId: ScalarFunction = { type: () => int, call: ([name]) => (name?.value === "known" ? 256 : null) };
  const property: ScalarFunction = {
    type: () => ({ name: "sql_variant" }),
    call: ([name]) => (name?.value === "IsHadrEnabled" ? { type: int, value: 1 } : { type: sysname, value: "text" }),
  };
  const encoded: ScalarFunction = {
    type: () => ({ name: "varbinary", length: "max" }),
    call: () => Buffer.from("3082", "hex"),
  };
  const functions = new Map([
    ["CERT_ID", certId],
    ["CERTENCODED", encoded],
    ["SERVERPROPERTY", property],
  ]);
  const stores = new Map(["master", "db1", "tempdb"].map((name) => [name, createStore()]));
  const host: Host = {
    database(name) {
      const store = stores.get(name.toLowerCase());
      return store && { name: name.toLowerCase(), store, isReadOnly: false, isOwner: true };
    },
    table: ({ name }) => tables.get(name.toLowerCase()),
    procedure: ({ name }) => procedures.get(name.toLowerCase()),
    scalarFunction: (name) => functions.get(name.toUpperCase()),
    globalVariable: (name) => (name === "@@SERVERNAME" ? { type: sysname, value: "sqlserver1" } : undefined),
    async execute(statement) {
      const number = refuse[statement.kind];
      if (number) throw sqlError(number, "x", "x", "x");
      statements.push(statement);
    },
    openDatabase(name) {
      const found = ["master", "db1"].find((database) => database === name.toLowerCase());
      if (!found) throw sqlError(911, name);
      return found;
    },
    now: () => new Date(Date.UTC(2026, 2, 5, 13, 14, 15, 167)),
    async sleep(milliseconds) {
      slept.push(milliseconds);
    },
  };
  const session: Session = {
    host,
    spid: 51,
    login: "sa",
    isSysadmin: true,
    hostName: "client",
    applicationName: "test",
    database: "master",
    transactionCount: 0,
    options: new Map(),
  };
  return {
    session,
    statements,
    slept,
    tables,
    procedures,
    async run(text, signal = new AbortController().signal) {
      const { answer, sink } = newAnswer();
      await executeBatch(text, session, sink, signal);
      return answer;
    },
  };
}

/** The values of the only row of the only result set. */
export async function select(list: string, server = newServer()): Promise<readonly SqlValue[]> {
  const { sets, errors } = await server.run(`SELECT ${list}`);
  if (errors[0]) throw errors[0];
  return sets[0]?.rows[0] ?? [];
}

export async function rowsOf(query: string, server = newServer()): Promise<(readonly SqlValue[])[]> {
  const { sets, errors } = await server.run(query);
  if (errors[0]) throw errors[0];
  return sets[0]?.rows ?? [];
}

/** `number@line` of each error. */
export async function errorsOf(text: string, server = newServer()): Promise<string[]> {
  const { errors } = await server.run(text);
  return errors.map((error) => `${error.number}@${error.line}`);
}
