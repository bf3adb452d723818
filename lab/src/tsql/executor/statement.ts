import { setImmediate } from "node:timers/promises";
import { LockWait } from "../data/locks";
import type { ObjectName } from "../host";
import { formatMessage, SqlError, sqlError } from "../messages";
import { assigner } from "../query/assign";
import { bind } from "../query/bind";
import { bindCondition } from "../query/conditions";
import { bindQuery } from "../query/query";
import { type Bound, newEffort, type Scope } from "../query/scope";
import type { Condition, Expression, Query, Statement } from "../syntax";
import { type Column, int, type SqlValue, type Typed } from "../types";
import { convertValue } from "../values/convert";
import { alterTable } from "./alter-table";
import { beginBulkInsert } from "./bulk-insert";
import { captured } from "./capture";
import { carryOut } from "./carry-out";
import { beginImplicitly } from "./changing";
import { checkIdentity } from "./check-identity";
import { createUserTable, declareTableVariable, selectInto } from "./create-table";
import { cursorStatement } from "./cursors";
import { execute, executeText } from "./exec";
import { alterIndex, createIndex, dropIndex } from "./indexes";
import { insertion } from "./insert";
import { merging } from "./merge";
import { createModule, enableTriggers } from "./modules";
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
import { alterSequence, createSequence } from "./sequences";
import { serverStatement } from "./server";
import { statistics } from "./statistics";
import { createSynonym } from "./synonyms";
import { tableOfType } from "./table-parameters";
import { createTableType } from "./table-types";
import { transaction } from "./transactions";
import { whenUnlocked } from "./unlocked";
import { changeOfRows } from "./update";
import { waitFor } from "./wait";

type Of<K extends Statement["kind"]> = Extract<Statement, { readonly kind: K }>;

export async function runAll(statements: readonly Statement[], run: Run): Promise<Flow> {
  for (let at = 0; at < statements.length; at++) {
    const flow = await runStatement(statements[at] as Statement, run);
    if (typeof flow === "object") {
      // GOTO: here, or in a block around this one.
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

/** A text beyond what the engine underneath can hold, which is about what a (max) value can. */
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
    // 3616: in a trigger whatever goes wrong ends the transaction, caught or not.
    const dooms = (aborts && statement.kind !== "throw") || run.context.fired !== undefined;
    if (dooms && run.session.transactionCount > 0) run.context.last.doomed = true;
    // The columns of a failed SELECT may be on their way already: they need their end.
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

const changesRows: ReadonlySet<string> = new Set(["insert", "update", "delete", "merge"]);
/** Errors that 3621 follows: rows were on their way into a table. */
const terminated: ReadonlySet<number> = new Set([515, 547, 2601, 2627, 2628, 8152, 220, 8115]);
const terminatedText = { ...formatMessage(3621), number: 3621, state: 0 };

/** SET NOEXEC, PARSEONLY and FMTONLY keep everything from running but the SET that ends them; FMTONLY shows columns. */
function isHeldBack(statement: Statement, { session }: Run): boolean {
  if (statement.kind === "setOption") return false;
  return ["NOEXEC", "PARSEONLY", "FMTONLY"].some((option) => session.options.get(option) === "ON");
}

const shownColumn = ({ name, type, nullable, origin }: Column): Column => ({ name, type, nullable, origin });

function described(statement: Statement, run: Run): Flow {
  const showsColumns = run.session.options.get("FMTONLY") === "ON";
  if (statement.kind === "block" && showsColumns) for (const inner of statement.body) described(inner, run);
  if (statement.kind !== "select" || !showsColumns) return "next";
  const { columns } = resolving(() => bindQuery(statement.query, run.context, undefined));
  run.sink.columns(columns.map(shownColumn));
  finish(run, { rowCount: 0, isSelect: true });
  return "next";
}

function perform(statement: Statement, run: Run): Promise<Flow> | Flow {
  if (isHeldBack(statement, run)) return described(statement, run);
  if (usesTables(statement)) beginImplicitly(run);
  switch (statement.kind) {
    case "select":
      return select(statement.query, run);
    case "declare":
      return declare(statement, run);
    case "setVariable":
      assign(statement.name, statement.operator, statement.value, run);
      run.context.last.rowCount = 1;
      return "next";
    case "setOption":
      for (const option of statement.options) run.session.options.set(option, statement.value.toUpperCase());
      finish(run, {});
      return "next";
    case "print":
      return print(statement, run);
    case "if":
      return branch(statement, run);
    case "while":
      return loop(statement, run);
    case "block":
      return runAll(statement.body, run);
    case "break":
    case "continue":
      return statement.kind;
    case "label":
      return "next";
    case "goto":
      return { goTo: statement.label };
    case "declareCursor":
    case "setCursor":
    case "openCursor":
    case "closeCursor":
    case "deallocateCursor":
    case "fetch":
      return cursorStatement(statement, run);
    case "return":
      return returnFrom(statement, run);
    case "tryCatch":
      return tryCatch(statement, run);
    case "throw":
      return throwError(statement, run);
    case "raiserror":
      return raiseError(statement, run);
    case "waitfor":
      return waitFor(statement, run);
    case "begin":
    case "commit":
    case "rollback":
    case "save":
      return transaction(statement, run);
    case "use":
      return use(statement, run);
    case "exec":
      return execute(statement, run);
    case "execText":
      return executeText(statement, run);
    case "insert":
      return insert(statement, run);
    case "update":
    case "delete":
      return carryOut(changeOfRows(statement, run), run);
    case "insertBulk":
      return beginBulkInsert(statement, run);
    case "merge":
      return carryOut(merging(statement, run), run);
    case "truncate":
      return truncate(statement, run);
    case "createTable":
      return createUserTable(statement, run);
    case "declareTable":
      return declareTableVariable(statement, run);
    case "alterTable":
      return alterTable(statement, run);
    case "dropObject":
      return dropObjects(statement, run);
    case "createIndex":
      return createIndex(statement, run);
    case "alterIndex":
      return alterIndex(statement, run);
    case "statistics":
      return statistics(statement, run);
    case "dropIndex":
      return dropIndex(statement, run);
    case "createSchema":
      return createSchema(statement, run);
    case "createView":
    case "createProcedure":
    case "createFunction":
    case "createTrigger":
      return createModule(statement, run);
    case "enableTriggers":
      return enableTriggers(statement, run);
    case "createSequence":
      return createSequence(statement, run);
    case "alterSequence":
      return alterSequence(statement, run);
    case "createTableType":
      return createTableType(statement, run);
    case "createSynonym":
      return createSynonym(statement, run);
    case "checkIdentity":
      return checkIdentity(statement, run);
    case "setIdentityInsert":
      return setIdentityInsert(statement, run);
    case "server":
      return serverStatement(statement, run);
  }
}

const tableStatements: ReadonlySet<Statement["kind"]> = new Set([
  "insert",
  "update",
  "delete",
  "merge",
  "truncate",
  "createTable",
  "alterTable",
  "dropObject",
  "createIndex",
  "alterIndex",
  "dropIndex",
]);

function usesTables(statement: Statement): boolean {
  if (statement.kind !== "select") return tableStatements.has(statement.kind);
  return statement.query.first.kind === "select" && statement.query.first.from.length > 0;
}

const emptyScope = (run: Run): Scope => ({ context: run.context, columns: [], commonTables: new Map() });

/** The value of an expression without a table around it. */
export function evaluate(expression: Expression, run: Run): Typed {
  const bound: Bound = resolving(() => bind(expression, emptyScope(run)));
  return { type: bound.type, value: bound.value({ row: [] }) };
}

export function holds(condition: Condition, run: Run): boolean {
  const bound = resolving(() => bindCondition(condition, emptyScope(run)));
  return bound({ row: [] }) === true;
}

export function assign(name: string, operator: string, value: Expression, run: Run): void {
  const set = resolving(() => assigner(name, operator, bind(value, emptyScope(run)), run.context));
  set({ row: [] });
}

export function select(query: Query, run: Run): Flow {
  const terms = [query.first, ...query.rest.map(({ term }) => term)].flatMap((term) =>
    term.kind === "select" ? [term] : [],
  );
  const items = terms.flatMap((term) => term.items);
  const assignments = items.filter((item) => item.kind === "assign").length;
  // 141: a SELECT either assigns or returns.
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

/** The columns go first, also before an error; not where the statement will have to start again. */
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
  const executed = source.kind === "exec" ? await captured(source.statement, run) : undefined;
  // A call that failed has said so.
  if (source.kind === "exec" && !executed) return "next";
  return carryOut(insertion(statement, run, executed), run);
}

/** A variable exists from the start of its batch; a table of a user's type from here on. */
function declare({ variables }: Of<"declare">, run: Run): Flow {
  const { tableVariables } = run.context;
  for (const { name, value, tableType } of variables) {
    if (value) assign(name, "", value, run);
    if (tableType && !tableVariables?.has(name))
      tableVariables?.set(
        name,
        resolving(() => tableOfType(tableType, name, run.context)),
      );
  }
  return "next";
}

/** 178: only a procedure returns a value. */
function returnFrom({ value }: Of<"return">, run: Run): Flow {
  if (value && !run.procedure) throw sqlError(178);
  if (value && run.procedure) {
    const returned = evaluate(value, run);
    run.procedure.status = Number(convertValue(returned.value, returned.type, int) ?? 0);
  }
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
    // Attention and other connections get their turn.
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
