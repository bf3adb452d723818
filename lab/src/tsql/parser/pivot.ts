import type { TableSource } from "../syntax";
import { type Cursor, identifier, list, parenthesizedList } from "./cursor";
import { expression } from "./expression";
import { tableAlias } from "./from";

/** PIVOT and UNPIVOT behind a table; undefined where there is neither. */
export function pivoted(cursor: Cursor, source: TableSource): TableSource | undefined {
  if (cursor.accept("PIVOT", "(")) {
    const aggregate = expression(cursor);
    if (aggregate.kind !== "call") cursor.fail();
    cursor.expect("FOR");
    const column = columnName(cursor);
    cursor.expect("IN");
    const values = parenthesizedList(cursor, () => identifier(cursor));
    cursor.expect(")");
    return { kind: "pivot", source, aggregate, column, values, alias: tableAlias(cursor) ?? cursor.fail() };
  }
  if (!cursor.accept("UNPIVOT", "(")) return undefined;
  const value = identifier(cursor);
  cursor.expect("FOR");
  const name = identifier(cursor);
  cursor.expect("IN", "(");
  const columns = list(cursor, () => columnName(cursor));
  cursor.expect(")", ")");
  return { kind: "unpivot", source, value, name, columns, alias: tableAlias(cursor) ?? cursor.fail() };
}

function columnName(cursor: Cursor): readonly string[] {
  const parts = [identifier(cursor)];
  while (cursor.accept(".")) parts.push(identifier(cursor));
  return parts;
}
