import type { FoundObject } from "../data/access";
import type { Row, StoredFunction, StoredObject } from "../data/store";
import { orderedRows } from "../data/table";
import { sqlError } from "../messages";
import { parse } from "../parser";
import type { Context } from "../query/scope";
import type { Batch, Statement } from "../syntax";
import type { SqlType, SqlValue } from "../types";
import { convertValue } from "../values/convert";
import { carryOutAlone } from "./carry-out";
import { declareTableVariable } from "./create-table";
import { insertion } from "./insert";
import { type Flow, type Run, silent } from "./run";
import { assign, evaluate, holds, select } from "./statement";
import { changeOfRows } from "./update";

const parsed = new WeakMap<StoredFunction, Batch>();

function bodyOf(object: StoredFunction): Batch {
  const known = parsed.get(object);
  if (known) return known;
  const declared = new Map(object.parameters.map(({ name, type }) => [name, type]));
  const batch = parse(object.body ?? "", { declared });
  parsed.set(object, batch);
  return batch;
}

/** As many levels as procedures may call each other: 217. */
const deepest = 32;

/**
 * A scalar or multi-statement function with its arguments in the parameters' types. It runs within one evaluation of an
 * expression: nothing in it waits, as nothing in it may have a side effect (443).
 */
export function callFunction(
  object: StoredFunction,
  args: readonly SqlValue[],
  place: FoundObject["place"],
  context: Context,
): { readonly value: SqlValue; readonly rows: readonly Row[] } {
  const depth = (context.functionDepth ?? 0) + 1;
  if (depth > deepest) throw sqlError(217, deepest);
  const batch = bodyOf(object);
  const variables = new Map<string, { readonly type: SqlType; value: SqlValue }>();
  for (const [name, type] of batch.variables) variables.set(name, { type, value: null });
  for (const [at, { name, type }] of object.parameters.entries())
    variables.set(name, { type, value: args[at] ?? null });
  const tableVariables = new Map<string, StoredObject>();
  const { session, effort } = context;
  const run: Run = {
    context: {
      session,
      variables,
      last: { rowCount: 0, error: 0, doomed: false },
      effort,
      database: place.database?.name,
      tableVariables,
      functionDepth: depth,
    },
    session,
    sink: silent,
    signal: new AbortController().signal,
    insideTry: true,
    nesting: depth,
  };
  const { returns } = object;
  if (returns.kind === "table")
    declareTableVariable({ kind: "declareTable", name: returns.variable, body: returns.table }, run);
  const returned: { value: SqlValue } = { value: null };
  runAll(batch.statements, run, (statement) => {
    if (!statement.value || returns.kind !== "scalar") return;
    const { type, value } = evaluate(statement.value, run);
    returned.value = convertValue(value, type, returns.type);
  });
  const table = returns.kind === "table" ? tableVariables.get(returns.variable.toLowerCase()) : undefined;
  return { value: returned.value, rows: table?.kind === "table" ? [...orderedRows(table).values()] : [] };
}

/** Nobody else has a turn while a function runs: the rounds of one loop, and of all that one statement leads to. */
const mostRounds = { ofLoop: 100_000, ofStatement: 1_000_000 };

type Return = Extract<Statement, { readonly kind: "return" }>;

function runAll(statements: readonly Statement[], run: Run, onReturn: (statement: Return) => void): Flow {
  for (const statement of statements) {
    const flow = perform(statement, run, onReturn);
    if (flow !== "next") return flow;
  }
  return "next";
}

function perform(statement: Statement, run: Run, onReturn: (statement: Return) => void): Flow {
  switch (statement.kind) {
    case "declare":
      for (const { name, value } of statement.variables) if (value) assign(name, "", value, run);
      return "next";
    case "setVariable":
      assign(statement.name, statement.operator, statement.value, run);
      return "next";
    case "select":
      return select(statement.query, run);
    case "declareTable":
      return declareTableVariable(statement, run);
    case "insert":
      return carryOutAlone(insertion(statement, run), run);
    case "update":
    case "delete":
      return carryOutAlone(changeOfRows(statement, run), run);
    case "block":
      return runAll(statement.body, run, onReturn);
    case "if": {
      const chosen = holds(statement.condition, run) ? statement.then : statement.otherwise;
      return chosen ? perform(chosen, run, onReturn) : "next";
    }
    case "while":
      return loop(statement, run, onReturn);
    case "break":
    case "continue":
      return statement.kind;
    case "return":
      onReturn(statement);
      return "return";
    default:
      throw sqlError(443, statement.kind.toUpperCase());
  }
}

function loop(
  { condition, body }: Extract<Statement, { readonly kind: "while" }>,
  run: Run,
  onReturn: (statement: Return) => void,
): Flow {
  for (let rounds = 1; holds(condition, run); rounds++) {
    if (rounds > mostRounds.ofLoop || ++run.context.effort.rows > mostRounds.ofStatement)
      throw sqlError(701, "default");
    const flow = perform(body, run, onReturn);
    if (flow === "break") break;
    if (flow === "return") return flow;
  }
  return "next";
}

/** What the statements that have side effects are called in error 443. */
const operators: Readonly<Partial<Record<Statement["kind"], string>>> = {
  print: "PRINT",
  raiserror: "RAISERROR",
  throw: "THROW",
  tryCatch: "BEGIN TRY",
  begin: "BEGIN TRANSACTION",
  commit: "COMMIT TRANSACTION",
  rollback: "ROLLBACK TRANSACTION",
  save: "SAVE TRANSACTION",
  execText: "EXECUTE STRING",
  setOption: "SET OPTION ON",
  merge: "MERGE",
  truncate: "TRUNCATE TABLE",
  createTable: "CREATE TABLE",
  waitfor: "WAITFOR",
  use: "USE DATABASE",
};

const allowed: ReadonlySet<Statement["kind"]> = new Set([
  "declare",
  "setVariable",
  "select",
  "declareTable",
  "insert",
  "update",
  "delete",
  "block",
  "if",
  "while",
  "break",
  "continue",
  "return",
]);

/** At CREATE: 443 for side effects, 444 for a SELECT that shows something, 455 where the end is no RETURN. */
export function checkBody(object: StoredFunction): void {
  const { statements } = bodyOf(object);
  const [only] = statements;
  const inside = only?.kind === "block" ? only.body : statements;
  for (const statement of inside) checkStatement(statement);
  if (inside.at(-1)?.kind !== "return") throw sqlError(455);
}

function checkStatement(statement: Statement): void {
  if (!allowed.has(statement.kind) && statement.kind !== "exec")
    throw sqlError(443, operators[statement.kind] ?? statement.kind.toUpperCase());
  switch (statement.kind) {
    case "insert":
    case "update":
    case "delete":
      if (statement.kind === "insert" ? !statement.table.name.startsWith("@") : !changesVariable(statement))
        throw sqlError(443, statement.kind.toUpperCase());
      return;
    case "select": {
      const { first } = statement.query;
      if (first.kind !== "select" || first.items.some(({ kind }) => kind !== "assign")) throw sqlError(444);
      return;
    }
    case "block":
      for (const inner of statement.body) checkStatement(inner);
      return;
    case "while":
      return checkStatement(statement.body);
    case "if":
      checkStatement(statement.then);
      if (statement.otherwise) checkStatement(statement.otherwise);
      return;
    case "exec":
      throw sqlError(557);
  }
}

function changesVariable({ table }: Extract<Statement, { readonly kind: "update" | "delete" }>): boolean {
  return table.name.startsWith("@");
}
