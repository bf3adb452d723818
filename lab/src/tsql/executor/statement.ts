import { setImmediate } from "node:timers/promises";
import { LockWait } from "../data/locks";
import { formatMessage, SqlError, sqlError } from "../messages";
import { bindQuery } from "../query/query";
import { newEffort } from "../query/scope";
import type { ObjectName } from "../syntax/object-name";
import type { Query } from "../syntax/query";
import type { Statement } from "../syntax/statement";
import type { Column, SqlValue } from "../types";
import { convertValue } from "../values/convert";
import { alterTable } from "./alter-table";
import { captured } from "./capture";
import { carryOut } from "./carry-out";
import { beginImplicitly } from "./changing";
import { createUserTable, declareTableVariable, selectInto } from "./create-table";
import { assign, evaluate, holds } from "./evaluate";
import { execute, executeText } from "./exec";
import { createIndex, dropIndex } from "./indexes";
import { insertion } from "./insert";
import { createSchema, dropObjects, setIdentityInsert, truncate } from "./objects";
import { raiseError, throwError } from "./raise";
import {
  BatchAborted,
  type Flow,
  fatalSeverity,
  finish,
  isBatchEnding,
  type Run,
  report,
  resolving,
  rollBack,
} from "./run";
import { serverStatement } from "./server";
import { transaction } from "./transactions";
import { whenUnlocked } from "./unlocked";
import { changeOfRows } from "./update";
import { waitFor } from "./wait";

type Of<K extends Statement["kind"]> = Extract<Statement, { readonly kind: K }>;

/** Runs statements one after the other, and follows GOTO. */
export async function runAll(statements: readonly Statement[], run: Run): Promise<Flow> {
  for (let at = 0; at < statements.length; at++) {
    const flow = await runStatement(statements[at] as Statement, run);
    if (typeof flow === "object") {
      // The label of a GOTO is in this block or in one around it.
      const label = statements.findIndex((statement) => statement.kind === "label" && statement.label === flow.goTo);
      if (label < 0) return flow;
      if (label <= at) await setImmediate();
      at = label;
    } else if (flow !== "next") return flow;
  }
  return "next";
}

async function runStatement(statement: Statement, around: Run): Promise<Flow> {
  const run: Run = { ...around, command: commandOf(statement) };
  const drained = run.sink.drained?.();
  if (drained) await drained;
  if (run.signal.aborted) throw new BatchAborted();
  const { last, effort } = run.context;
  Object.assign(effort, newEffort());
  try {
    const flow = await whenUnlocked(run, () => perform(statement, run));
    if (statement.kind !== "raiserror" && !isCompound(statement)) last.error = 0;
    return flow;
  } catch (thrown) {
    if (run.signal.aborted) throw new BatchAborted();
    const error = isTooLong(thrown) ? sqlError(7119, 2 ** 31 - 1) : thrown;
    if (!(error instanceof SqlError)) throw locate(error, statement.line);
    error.line ||= statement.line;
    return fail(error, statement, run);
  }
}

function commandOf(statement: Statement): string {
  if (statement.kind === "server") return statement.statement.kind;
  if (statement.kind !== "dropObject") return statement.kind;
  return `drop${statement.type.slice(0, 1)}${statement.type.slice(1).toLowerCase()}`;
}

/** Whether a text is too long for the engine underneath, whose limit is about that of a (max) value. */
const isTooLong = (error: unknown): boolean => error instanceof RangeError && error.message === "Invalid string length";

const isCompound = ({ kind }: Statement): boolean =>
  ["if", "while", "block", "tryCatch", "exec", "execText", "label", "goto"].includes(kind);

function locate(error: unknown, line: number): unknown {
  if (error instanceof Error && "error" in error && error.error instanceof SqlError) error.error.line ||= line;
  return error;
}

function fail(error: SqlError, statement: Statement, run: Run): Flow {
  if (error.severity >= fatalSeverity) {
    report(run, error, statement.kind === "select");
    rollBack(run);
    throw new BatchAborted();
  }
  const aborts = statement.kind === "throw" || (statement.kind !== "raiserror" && isBatchEnding(error, run.session));
  if (run.insideTry) {
    if (aborts && statement.kind !== "throw" && run.session.transactionCount > 0) run.context.last.doomed = true;
    // The columns of a failed SELECT may have been sent already, and have to be ended.
    if (statement.kind === "select") run.sink.statementEnd({ isSelect: true, failed: false });
    throw error;
  }
  report(run, error, statement.kind === "select");
  if (terminated.has(error.number) && changesRows.has(statement.kind))
    run.sink.info({ ...terminatedText, line: error.line });
  if (!aborts) return "next";
  if (statement.kind !== "throw" || run.session.options.get("XACT_ABORT") === "ON") rollBack(run);
  throw new BatchAborted();
}

const changesRows: ReadonlySet<string> = new Set(["insert", "update", "delete"]);
/** Errors that are followed by 3621, because rows were on their way into a table. */
const terminated: ReadonlySet<number> = new Set([515, 547, 2601, 2627, 2628, 8152, 220, 8115]);
const terminatedText = { ...formatMessage(3621), number: 3621, state: 0 };

const shownColumn = ({ name, type, nullable, origin }: Column): Column => ({ name, type, nullable, origin });

/** SET NOEXEC and PARSEONLY hold back every statement but the SET that ends them. */
function isHeldBack(statement: Statement, { session }: Run): boolean {
  if (statement.kind === "setOption") return false;
  return ["NOEXEC", "PARSEONLY"].some((option) => session.options.get(option) === "ON");
}

function perform(statement: Statement, run: Run): Promise<Flow> | Flow {
  if (isHeldBack(statement, run)) return "next";
  if (usesTables(statement)) beginImplicitly(run);
  const carriesOut: (statement: never, run: Run) => Promise<Flow> | Flow = carryingOut[statement.kind];
  return carriesOut(statement as never, run);
}

/** The function that carries out each kind of statement. */
const carryingOut: {
  readonly [K in Statement["kind"]]: (statement: Of<K>, run: Run) => Promise<Flow> | Flow;
} = {
  select: ({ query }, run) => select(query, run),
  declare,
  setVariable({ name, operator, value }, run) {
    assign(name, operator, value, run);
    run.context.last.rowCount = 1;
    return "next";
  },
  setOption({ options, value }, run) {
    for (const option of options) run.session.options.set(option, value.toUpperCase());
    finish(run, {});
    return "next";
  },
  print,
  if: branch,
  while: loop,
  block: ({ body }, run) => runAll(body, run),
  break: () => "break",
  continue: () => "continue",
  label: () => "next",
  goto: ({ label }) => ({ goTo: label }),
  return: returnFrom,
  tryCatch,
  throw: throwError,
  raiserror: raiseError,
  waitfor: waitFor,
  begin: transaction,
  commit: transaction,
  rollback: transaction,
  save: transaction,
  use,
  exec: execute,
  execText: executeText,
  insert,
  update: (statement, run) => carryOut(changeOfRows(statement, run), run),
  delete: (statement, run) => carryOut(changeOfRows(statement, run), run),
  truncate,
  createTable: createUserTable,
  declareTable: declareTableVariable,
  alterTable,
  dropObject: dropObjects,
  createIndex,
  dropIndex,
  createSchema,
  setIdentityInsert,
  server: serverStatement,
};

const tableStatements: ReadonlySet<Statement["kind"]> = new Set([
  "insert",
  "update",
  "delete",
  "truncate",
  "createTable",
  "alterTable",
  "dropObject",
  "createIndex",
  "dropIndex",
]);

function usesTables(statement: Statement): boolean {
  if (statement.kind !== "select") return tableStatements.has(statement.kind);
  return statement.query.first.kind === "select" && statement.query.first.from.length > 0;
}

function select(query: Query, run: Run): Flow {
  const terms = [query.first, ...query.rest.map(({ term }) => term)].flatMap((term) =>
    term.kind === "select" ? [term] : [],
  );
  const items = terms.flatMap((term) => term.items);
  const assignments = items.filter((item) => item.kind === "assign").length;
  // 141: a SELECT either assigns variables or returns rows.
  if (assignments > 0 && assignments < items.length) throw sqlError(141);
  const into: ObjectName | undefined = terms.find((term) => term.into)?.into;
  if (into) return selectInto(into, query, run);
  const bound = resolving(() => bindQuery(query, run.context, undefined));
  const limit = Number(run.session.options.get("ROWCOUNT") ?? 0) || undefined;
  if (assignments > 0) {
    finish(run, { rowCount: bound.rows(undefined).slice(0, limit).length, isSelect: true });
    return "next";
  }
  const rows = rowsOf(bound, () => run.sink.columns(bound.columns.map(shownColumn))).slice(0, limit);
  for (const row of rows) run.sink.row(row);
  finish(run, { rowCount: rows.length, isSelect: true });
  return "next";
}

/** Reads a SELECT's rows. Its columns are sent first, even before an error; but not if the statement is to start again. */
function rowsOf(bound: ReturnType<typeof bindQuery>, showColumns: () => void): readonly (readonly SqlValue[])[] {
  try {
    const rows = bound.rows(undefined);
    showColumns();
    return rows;
  } catch (error) {
    if (!(error instanceof LockWait)) showColumns();
    throw error;
  }
}

async function insert(statement: Of<"insert">, run: Run): Promise<Flow> {
  const { source } = statement;
  const executed =
    source.kind === "exec" ? await captured((inner) => runAll([source.statement], inner), run) : undefined;
  // A call that failed has reported its error.
  if (source.kind === "exec" && !executed) return "next";
  return carryOut(insertion(statement, run, executed), run);
}

/** Carries out DECLARE, which only assigns: a variable exists from the start of its batch. */
function declare({ variables }: Of<"declare">, run: Run): Flow {
  for (const { name, value } of variables) if (value) assign(name, "", value, run);
  return "next";
}

/** 178: only a procedure returns a value. */
function returnFrom({ value }: Of<"return">): Flow {
  if (value) throw sqlError(178);
  return "return";
}

function print(statement: Of<"print">, run: Run): Flow {
  const { type, value } = evaluate(statement.value, run);
  const text = convertValue(value, type, { name: "nvarchar", length: 4000 });
  run.sink.info({ number: 0, severity: 0, state: 1, text: String(text ?? ""), line: statement.line });
  run.context.last.rowCount = 0;
  return "next";
}

async function branch(statement: Of<"if">, run: Run): Promise<Flow> {
  const chosen = holds(statement.condition, run) ? statement.then : statement.otherwise;
  run.context.last.rowCount = 0;
  return chosen ? runStatement(chosen, run) : "next";
}

async function loop(statement: Of<"while">, run: Run): Promise<Flow> {
  for (let round = 1; holds(statement.condition, run); round++) {
    const flow = await runStatement(statement.body, run);
    if (flow === "break") break;
    if (flow === "return" || typeof flow === "object") return flow;
    // An attention and other connections get their turn.
    if (round % 100 === 0) await setImmediate();
    if (run.signal.aborted) throw new BatchAborted();
  }
  return "next";
}

async function tryCatch(statement: Of<"tryCatch">, run: Run): Promise<Flow> {
  try {
    return await runAll(statement.body, { ...run, insideTry: true });
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    run.context.last.error = error.number;
    return runAll(statement.handler, { ...run, context: { ...run.context, caught: error } });
  }
}

function use(statement: Of<"use">, run: Run): Flow {
  const { session, sink } = run;
  const previous = session.database;
  session.database = session.host.openDatabase(statement.database, session);
  sink.databaseChanged(session.database, previous);
  finish(run, {});
  return "next";
}
