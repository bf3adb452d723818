import { setImmediate } from "node:timers/promises";
import type { ObjectName } from "../host";
import { SqlError, sqlError } from "../messages";
import { assigner } from "../query/assign";
import { bind } from "../query/bind";
import { bindCondition } from "../query/conditions";
import { bindQuery } from "../query/query";
import type { Bound, Scope } from "../query/scope";
import type { Condition, Expression, Query, Statement } from "../syntax";
import type { SqlValue, Typed } from "../types";
import { convertValue } from "../values/convert";
import { execute, executeText } from "./exec";
import { raiseError, throwError } from "./raise";
import { BatchAborted, type Flow, finish, isBatchEnding, type Run, report, resolving, rollBack } from "./run";
import { serverStatement } from "./server";
import { changeTable } from "./tables";
import { transaction } from "./transactions";
import { waitFor } from "./wait";

type Of<K extends Statement["kind"]> = Extract<Statement, { readonly kind: K }>;

export async function runAll(statements: readonly Statement[], run: Run): Promise<Flow> {
  for (const statement of statements) {
    const flow = await runStatement(statement, run);
    if (flow !== "next") return flow;
  }
  return "next";
}

async function runStatement(statement: Statement, run: Run): Promise<Flow> {
  if (run.signal.aborted) throw new BatchAborted();
  const { last, effort } = run.context;
  Object.assign(effort, { tables: 0, rows: 0 });
  try {
    const flow = await perform(statement, run);
    if (statement.kind !== "raiserror" && !isCompound(statement)) last.error = 0;
    return flow;
  } catch (error) {
    if (run.signal.aborted) throw new BatchAborted();
    if (!(error instanceof SqlError)) throw locate(error, statement.line);
    error.line ||= statement.line;
    return fail(error, statement, run);
  }
}

const isCompound = ({ kind }: Statement): boolean =>
  ["if", "while", "block", "tryCatch", "exec", "execText"].includes(kind);

function locate(error: unknown, line: number): unknown {
  if (error instanceof Error && "error" in error && error.error instanceof SqlError) error.error.line ||= line;
  return error;
}

function fail(error: SqlError, statement: Statement, run: Run): Flow {
  const aborts = statement.kind === "throw" || (statement.kind !== "raiserror" && isBatchEnding(error, run.session));
  if (run.insideTry) {
    if (aborts && run.session.transactionCount > 0 && statement.kind !== "throw") run.context.last.doomed = true;
    // The columns of a failed SELECT may be on their way already: they need their end.
    if (statement.kind === "select") run.sink.statementEnd({ isSelect: true, failed: false });
    throw error;
  }
  report(run, error, statement.kind === "select");
  if (!aborts) return "next";
  if (statement.kind !== "throw" || run.session.options.get("XACT_ABORT") === "ON") rollBack(run);
  throw new BatchAborted();
}

function perform(statement: Statement, run: Run): Promise<Flow> | Flow {
  switch (statement.kind) {
    case "select":
      return select(statement.query, run);
    case "declare":
      for (const { name, value } of statement.variables) if (value) assign(name, "", value, run);
      return "next";
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
    case "return":
      // 178: only a procedure returns a value.
      if (statement.value) throw sqlError(178);
      return "return";
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
    case "changeTable":
      return changeTable(statement, run);
    case "server":
      return serverStatement(statement, run);
  }
}

const emptyScope = (run: Run): Scope => ({ context: run.context, columns: [], commonTables: new Map() });

/** The value of an expression without a table around it. */
export function evaluate(expression: Expression, run: Run): Typed {
  const bound: Bound = resolving(() => bind(expression, emptyScope(run)));
  return { type: bound.type, value: bound.value({ row: [] }) };
}

function holds(condition: Condition, run: Run): boolean {
  const bound = resolving(() => bindCondition(condition, emptyScope(run)));
  return bound({ row: [] }) === true;
}

function assign(name: string, operator: string, value: Expression, run: Run): void {
  const set = resolving(() => assigner(name, operator, bind(value, emptyScope(run)), run.context));
  set({ row: [] });
}

function select(query: Query, run: Run): Flow {
  const terms = [query.first, ...query.rest.map(({ term }) => term)].flatMap((term) =>
    term.kind === "select" ? [term] : [],
  );
  const items = terms.flatMap((term) => term.items);
  const assignments = items.filter((item) => item.kind === "assign").length;
  // 141: a SELECT either assigns or returns.
  if (assignments > 0 && assignments < items.length) throw sqlError(141);
  const into: ObjectName | undefined = terms.find((term) => term.into)?.into;
  const bound = resolving(() => bindQuery(query, run.context, undefined));
  if (into)
    return changeTable({ kind: "changeTable", verb: "CREATE TABLE", table: into, ifExists: false, line: 0 }, run);
  const limit = Number(run.session.options.get("ROWCOUNT") ?? 0) || undefined;
  if (assignments > 0) {
    finish(run, { rowCount: bound.rows(undefined).slice(0, limit).length, isSelect: true });
    return "next";
  }
  run.sink.columns(bound.columns.map(({ name, type, nullable }) => ({ name, type, nullable })));
  const rows: readonly (readonly SqlValue[])[] = bound.rows(undefined).slice(0, limit);
  for (const row of rows) run.sink.row(row);
  finish(run, { rowCount: rows.length, isSelect: true });
  return "next";
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
    if (flow === "return") return flow;
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
