import type { ObjectName } from "../host";
import { sqlError } from "../messages";
import type { Context } from "../query/scope";
import { convertValue } from "../values/convert";
import { type ObjectPlace, placeOf, writtenName } from "./access";
import { requireUnlockedObject } from "./locks";
import type { PassedTable } from "./passed-table";
import { insertRows, rowCheck } from "./rows";
import { openTransaction } from "./session-data";
import type { StoredTable, StoredTableType } from "./store";
import { createTable } from "./table";
import type { Target } from "./target";
import { beginTransaction, commit } from "./transaction";

/** Types have names of their own, beside those of tables and the like. */
export const typeKey = (key: string): string => `${key}\0type`;

export interface FoundType {
  readonly object: StoredTableType;
  readonly place: ObjectPlace;
}

export function findType(name: ObjectName, context: Context): FoundType | undefined {
  const found = placeOf(name, context);
  if (!found?.store) return undefined;
  const place = { ...found, key: typeKey(found.key) };
  requireUnlockedObject(found.store, place.key, openTransaction(context.session));
  const object = place.objects.get(place.key);
  return object?.kind === "type" ? { object, place } : undefined;
}

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
