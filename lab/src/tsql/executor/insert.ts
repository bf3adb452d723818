import { insertRows, rowCheck } from "../data/rows";
import type { Row } from "../data/store";
import type { ChangeableTable, Target } from "../data/target";
import { sqlError } from "../messages";
import { bind } from "../query/bind";
import { baseColumn } from "../query/changed";
import { bindQuery } from "../query/query";
import type { Bound, Frame, Scope } from "../query/scope";
import type { TableSource } from "../syntax";
import type { AssignedValue, DataStatement } from "../table-syntax";
import type { Column, SqlValue } from "../types";
import type { RowStatement } from "./carry-out";
import { changeable } from "./changeable";
import { columnsToFill, type Filling, fillRow } from "./fill";
import { bindOutput } from "./output";
import { type Run, resolving } from "./run";

type Insert = Extract<DataStatement, { readonly kind: "insert" }>;

/** Rows to insert with the way to make whole rows of them. */
interface Incoming {
  rows(): readonly Frame[];
  values(row: number): readonly (Bound | undefined)[];
}

/** INSERT: `given` is what a call or a client gave whose rows go in. */
export function insertion(statement: Insert, run: Run, given?: Given, bulk: BulkOptions = {}): RowStatement {
  const source: TableSource = { kind: "table", name: statement.table };
  const target = resolving(() => changeable(source, "INSERT", run.context));
  const { table, found, insteadOf } = target;
  const { positions, incoming, output } = resolving(() => {
    const named = columnsToFill(table, insertedColumns(statement, target), run);
    const rows = incomingRows(statement, named, target, run, given);
    const bound = statement.output && bindOutput(statement.output, table, ["inserted"], [], run);
    return { positions: rows.isDefault ? [] : named, incoming: rows, output: bound };
  });
  return {
    target,
    verbs: ["INSERT"],
    updated: new Set(),
    output,
    perform(transaction) {
      const { isUnchecked } = bulk;
      const into: Target = {
        ...target,
        place: found.place,
        context: run.context,
        transaction,
        verb: "INSERT",
        isUnchecked,
      };
      const fillsNulls = statement.source.kind === "rows" && !bulk.keepsNulls;
      const how = { isInstead: insteadOf !== undefined, fillsNulls };
      const rows = rowsToInsert(into, positions, incoming, how, run);
      if (!insteadOf) insertRows(into, rows);
      return rows.map((inserted) => ({ inserted }));
    },
  };
}

/** How a bulk load differs from other insertions. */
interface BulkOptions {
  /** KEEP_NULLS; otherwise a NULL becomes the column's default. */
  readonly keepsNulls?: boolean;
  /** CHECK and FOREIGN KEY do not count. */
  readonly isUnchecked?: boolean;
}

interface Given {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** Through a view its columns are meant, all of them where none is named. */
function insertedColumns({ columns, source }: Insert, { through }: ChangeableTable): readonly string[] | undefined {
  if (!through || (!columns && source.kind === "default")) return columns;
  return (columns ?? through.columns.map(({ name }) => name)).map((name) => baseColumn(through, name));
}

function rowsToInsert(target: Target, positions: readonly number[], incoming: Incoming, how: Filling, run: Run): Row[] {
  const check = how.isInstead ? (values: Row) => values : rowCheck(target);
  const fillers = new Map<readonly (Bound | undefined)[], (frame: Frame) => SqlValue[]>();
  return incoming.rows().map((frame, index) => {
    const values = incoming.values(index);
    const fill = fillers.get(values) ?? resolving(() => fillRow(target, positions, values, run, how));
    fillers.set(values, fill);
    return check(fill(frame));
  });
}

function incomingRows(
  { source, columns }: Insert,
  positions: readonly number[],
  { table }: ChangeableTable,
  run: Run,
  given: Given | undefined,
): Incoming & { readonly isDefault: boolean } {
  const scope: Scope = { context: run.context, columns: [], commonTables: new Map() };
  const empty: Frame = { row: [] };
  switch (source.kind) {
    case "default":
      return { isDefault: true, rows: () => [empty], values: () => noValues };
    case "values": {
      for (const row of source.rows) requireCount(row.length, positions.length, columns !== undefined, "values");
      const bound = source.rows.map((row) => row.map((value) => assigned(value, scope)));
      for (const row of bound)
        for (const [at, value] of row.entries())
          value?.deduce?.(table.columns[positions[at] ?? -1]?.type ?? value.type);
      return {
        isDefault: false,
        rows: () => bound.map((): Frame => ({ row: [] })),
        values: (row) => bound[row] ?? noValues,
      };
    }
    case "query":
    case "exec":
    case "rows": {
      const query = source.kind === "query" ? bindQuery(source.query, run.context, undefined) : undefined;
      const found = query?.columns ?? given?.columns ?? [];
      requireCount(found.length, positions.length, columns !== undefined, "query");
      const values = found.map((column, at): Bound => ({ ...column, value: (frame) => frame.row[at] ?? null }));
      const rows = () => (query?.rows(undefined) ?? given?.rows ?? []).map((row): Frame => ({ row }));
      return { isDefault: false, rows, values: () => values };
    }
  }
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
