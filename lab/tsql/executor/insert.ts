import { insertRows, rowCheck } from "../data/rows";
import type { Row } from "../data/store";
import { type ChangeableTable, changeableTable, type Target } from "../data/target";
import type { Transaction } from "../data/transaction";
import { sqlError } from "../messages";
import { bind } from "../query/bind";
import { bindQuery } from "../query/query";
import type { Bound, Frame, Scope } from "../query/scope";
import type { AssignedValue, DataStatement } from "../table-syntax";
import type { Column, SqlValue } from "../types";
import { captured } from "./capture";
import { changing, changingAlone } from "./changing";
import { commonTablesOf, limitOf } from "./common-tables";
import { columnsToFill, fillRow } from "./fill";
import { type BoundOutput, bindOutput } from "./output";
import { type Flow, finish, type Run, resolving } from "./run";

type Insert = Extract<DataStatement, { readonly kind: "insert" }>;

/** Rows to insert with the way to make whole rows of them. */
interface Incoming {
  rows(): readonly Frame[];
  values(row: number): readonly (Bound | undefined)[];
}

export async function insert(statement: Insert, run: Run): Promise<Flow> {
  const executed = statement.source.kind === "exec" ? await captured(statement.source.statement, run) : undefined;
  const target = resolving(() => changeableTable(statement.table, "INSERT", run.context));
  const { positions, incoming, output } = resolving(() => {
    const named = columnsToFill(target.table, statement.columns, run);
    const source = incomingRows(statement, named, target, run, executed);
    const bound = statement.output && bindOutput(statement.output, target.table, ["inserted"], [], run);
    return { positions: source.isDefault ? [] : named, incoming: source, output: bound };
  });
  const limit = limitOf(statement.top, run);
  const change = target.table.name.startsWith("@") ? changingAlone : changing;
  const { count, shown } = change(run, (transaction) =>
    insertAll(target, positions, incoming, limit, output, transaction, run),
  );
  finishChange(run, count, output, shown);
  return "next";
}

function insertAll(
  { table, found, databaseName }: ChangeableTable,
  positions: readonly number[],
  incoming: Incoming,
  limit: number | undefined,
  output: BoundOutput | undefined,
  transaction: Transaction,
  run: Run,
): { readonly count: number; readonly shown: readonly Row[] } {
  const target: Target = { table, place: found.place, databaseName, context: run.context, transaction, verb: "INSERT" };
  const check = rowCheck(target);
  const fillers = new Map<readonly (Bound | undefined)[], (frame: Frame) => SqlValue[]>();
  const rows = incoming
    .rows()
    .slice(0, limit)
    .map((frame, index) => {
      const values = incoming.values(index);
      const fill = fillers.get(values) ?? resolving(() => fillRow(target, positions, values, run));
      fillers.set(values, fill);
      return check(fill(frame));
    });
  insertRows(target, rows);
  const shown = output?.deliver(
    rows.map((inserted) => ({ inserted })),
    transaction,
  );
  return { count: rows.length, shown: shown ?? [] };
}

/** The rows that OUTPUT shows, and the number of rows that were changed. */
export function finishChange(run: Run, count: number, output: BoundOutput | undefined, shown: readonly Row[]): void {
  if (output && !output.isInto) {
    run.sink.columns(output.columns);
    for (const row of shown) run.sink.row(row);
  }
  finish(run, { rowCount: count, isSelect: output !== undefined && !output.isInto });
}

function incomingRows(
  { source, columns, commonTables }: Insert,
  positions: readonly number[],
  { table }: ChangeableTable,
  run: Run,
  executed: { readonly columns: readonly Column[]; readonly rows: readonly Row[] } | undefined,
): Incoming & { readonly isDefault: boolean } {
  const scope: Scope = { context: run.context, columns: [], commonTables: commonTablesOf(commonTables) };
  const empty: Frame = { row: [] };
  switch (source.kind) {
    case "default":
      return { isDefault: true, rows: () => [empty], values: () => noValues };
    case "values": {
      for (const row of source.rows) requireCount(row.length, positions.length, columns !== undefined, "values");
      const bound = source.rows.map((row) => row.map((value) => assigned(value, scope)));
      return { isDefault: false, rows: () => bound.map(() => empty), values: (row) => bound[row] ?? noValues };
    }
    case "query":
    case "exec": {
      const query =
        source.kind === "query" ? bindQuery(source.query, run.context, undefined, scope.commonTables) : undefined;
      const found = query?.columns ?? executed?.columns ?? [];
      requireCount(found.length, positions.length, columns !== undefined, "query");
      const values = found.map((column, at): Bound => ({ ...column, value: (frame) => frame.row[at] ?? null }));
      const rows = () => (query?.rows(undefined) ?? executed?.rows ?? []).map((row): Frame => ({ row }));
      return { isDefault: false, rows, values: () => values };
    }
  }
  throw sqlError(213, table.name);
}

const noValues: readonly Bound[] = [];

function assigned(value: AssignedValue, scope: Scope): Bound | undefined {
  return value && bind(value, scope);
}

/** 109 and 110 for VALUES with a list of columns, 120 and 121 for SELECT, 213 without a list. */
function requireCount(given: number, wanted: number, hasList: boolean, source: "values" | "query"): void {
  if (given === wanted) return;
  if (!hasList) throw sqlError(213);
  if (source === "values") throw sqlError(given < wanted ? 109 : 110);
  throw sqlError(given < wanted ? 120 : 121);
}
