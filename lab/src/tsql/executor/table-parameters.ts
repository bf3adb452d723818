import { writtenName } from "../data/access";
import type { PassedTable } from "../data/passed-table";
import { insertRows, rowCheck } from "../data/rows";
import type { StoredTable } from "../data/store";
import { createTable } from "../data/table";
import { findType } from "../data/table-types";
import type { Target } from "../data/target";
import { beginTransaction, commit } from "../data/transaction";
import type { ObjectName } from "../host";
import { sqlError } from "../messages";
import type { Context } from "../query/scope";
import { convertValue } from "../values/convert";

/** A table variable of that type. Throws 2715. */
export function tableOfType(name: ObjectName, variable: string, context: Context): StoredTable {
  const found = findType(name, context);
  if (!found) throw sqlError(2715, 1, writtenName(name));
  return createTable({ ...found.object.definition, name: variable });
}

/** What a procedure sees of a table that is passed to it: a copy of the rows, which it cannot change (10700). */
export function parameterTable(
  name: ObjectName,
  parameter: string,
  passed: PassedTable | undefined,
  context: Context,
): StoredTable {
  const empty = tableOfType(name, parameter, context);
  if (!passed) return Object.assign(empty, { isReadOnly: true });
  if (passed.columns.length !== 0 && passed.columns.length !== empty.columns.length)
    throw sqlError(500, passed.columns.length, empty.columns.length);
  const transaction = beginTransaction(context.session.spid);
  const place = { store: undefined, key: "" };
  const target: Target = { table: empty, place, context, transaction, databaseName: "tempdb", verb: "INSERT" };
  const check = rowCheck(target);
  const rows = passed.rows.map((row) =>
    check(
      empty.columns.map(({ type }, at) => {
        const from = passed.columns[at]?.type;
        return from ? convertValue(row[at] ?? null, from, type) : null;
      }),
    ),
  );
  insertRows(target, rows);
  commit(transaction, context.session.host.now());
  return Object.assign(empty, { isReadOnly: true });
}

export const passedTable = ({ columns, rows }: StoredTable): PassedTable => ({ columns, rows: [...rows.values()] });
