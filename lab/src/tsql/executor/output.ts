import { insertRows, rowCheck } from "../data/rows";
import type { Row, StoredTable } from "../data/store";
import { changeableTable, type Target } from "../data/target";
import type { Transaction } from "../data/transaction";
import type { Scope, SourceColumn } from "../query/scope";
import type { ResultColumn } from "../query/select";
import { boundItems } from "../query/select";
import type { Output } from "../table-syntax";
import type { Column, SqlValue } from "../types";
import { columnsToFill, fillRow } from "./fill";
import type { Run } from "./run";

/** A changed row as OUTPUT sees it: deleted beside inserted, then the row of FROM. */
export interface ChangedRow {
  readonly deleted?: Row;
  readonly inserted?: Row;
  readonly source?: Row;
}

export interface BoundOutput {
  readonly columns: readonly Column[];
  /** Goes to the client, or into the table of OUTPUT INTO. */
  deliver(rows: readonly ChangedRow[], transaction: Transaction): readonly Row[];
  readonly isInto: boolean;
}

export function bindOutput(
  output: Output,
  table: StoredTable,
  sides: readonly ("inserted" | "deleted")[],
  source: readonly SourceColumn[],
  run: Run,
): BoundOutput {
  const side = (name: "inserted" | "deleted"): SourceColumn[] =>
    sides.includes(name) ? table.columns.map((column) => ({ ...column, table: name })) : [];
  const [deleted, inserted] = [side("deleted"), side("inserted")];
  const scope: Scope = {
    context: run.context,
    columns: [...deleted, ...inserted, ...source],
    commonTables: new Map(),
  };
  const items = output.items.flatMap((item) => boundItems(item, scope, true));
  const valuesOf = (changed: ChangedRow): SqlValue[] => {
    const row = [
      ...deleted.map((_, at) => changed.deleted?.[at] ?? null),
      ...inserted.map((_, at) => changed.inserted?.[at] ?? null),
      ...(changed.source ?? source.map(() => null)),
    ];
    return items.map(({ bound }) => bound.value({ row }));
  };
  const columns: ResultColumn[] = items.map(({ name, bound: { type, nullable } }) => ({ name, type, nullable }));
  const into = output.into && bindInto(output.into, columns, run);
  return {
    columns,
    isInto: into !== undefined,
    deliver(rows, transaction) {
      const values = rows.map(valuesOf);
      into?.(values, transaction);
      return values;
    },
  };
}

function bindInto({ table: name, columns: names }: NonNullable<Output["into"]>, columns: readonly Column[], run: Run) {
  const into = changeableTable(name, "INSERT", run.context);
  const { table, found } = into;
  const filled = columnsToFill(table, names.length > 0 ? names : undefined, run);
  return (rows: readonly Row[], transaction: Transaction): void => {
    const target: Target = { ...into, place: found.place, context: run.context, transaction, verb: "INSERT" };
    const fill = fillRow(
      target,
      filled,
      columns.map(({ type, nullable }, at) => ({ type, nullable, value: (frame) => frame.row[at] ?? null })),
      run,
    );
    const check = rowCheck(target);
    insertRows(
      target,
      rows.map((row) => check(fill({ row }))),
    );
  };
}
