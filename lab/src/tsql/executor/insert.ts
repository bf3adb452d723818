import { insertRows } from "../data/rows";
import { type ChangeableTable, changeableTable, type Target } from "../data/target";
import { sqlError } from "../messages";
import { bind } from "../query/bind";
import { bindQuery, emptyScope } from "../query/query";
import type { Bound, Frame, Scope } from "../query/scope";
import type { Row } from "../stored";
import type { AssignedValue, DataStatement } from "../syntax/row-change";
import type { Column, SqlValue } from "../types";
import type { RowStatement } from "./carry-out";
import { columnsToFill, fillRow } from "./fill";
import { rowCheck } from "./row-check";
import { type Run, resolving } from "./run";

type Insert = Extract<DataStatement, { readonly kind: "insert" }>;

/** The rows to insert, and the values of each. */
interface Incoming {
  rows(): readonly Frame[];
  values(row: number): readonly (Bound | undefined)[];
}

/** Binds an INSERT; `executed` are the rows of INSERT ... EXEC. */
export function insertion(statement: Insert, run: Run, executed?: Executed): RowStatement {
  const target = resolving(() => changeableTable(statement.table, "INSERT", run.context));
  const { table, found } = target;
  const { positions, incoming } = resolving(() => {
    const named = columnsToFill(table, statement.columns, run);
    const rows = incomingRows(statement, named, target, run, executed);
    return { positions: rows.isDefault ? [] : named, incoming: rows };
  });
  return {
    target,
    perform(transaction) {
      const into: Target = { ...target, place: found.place, transaction, verb: "INSERT" };
      const rows = rowsToInsert(into, positions, incoming, run);
      insertRows(into, rows);
      return rows.length;
    },
  };
}

interface Executed {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

function rowsToInsert(target: Target, positions: readonly number[], incoming: Incoming, run: Run): Row[] {
  const check = rowCheck(target, run.context);
  const fillers = new Map<readonly (Bound | undefined)[], (frame: Frame) => SqlValue[]>();
  return incoming.rows().map((frame, index) => {
    const values = incoming.values(index);
    const fill = fillers.get(values) ?? resolving(() => fillRow(target, positions, values, run));
    fillers.set(values, fill);
    return check(fill(frame));
  });
}

function incomingRows(
  { source, columns }: Insert,
  positions: readonly number[],
  { table }: ChangeableTable,
  run: Run,
  executed: Executed | undefined,
): Incoming & { readonly isDefault: boolean } {
  const scope = emptyScope(run.context);
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
    case "exec": {
      const query = source.kind === "query" ? bindQuery(source.query, run.context, undefined) : undefined;
      const found = query?.columns ?? executed?.columns ?? [];
      requireCount(found.length, positions.length, columns !== undefined, "query");
      const values = found.map((column, at): Bound => ({ ...column, value: (frame) => frame.row[at] ?? null }));
      const rows = () => (query?.rows(undefined) ?? executed?.rows ?? []).map((row): Frame => ({ row }));
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
