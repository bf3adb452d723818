import type { ObjectName } from "../host";
import type { DefinitionStatement } from "../table-syntax";
import { type Cursor, identifier, integerLiteral, isIdentifier, list, parenthesizedList } from "./cursor";
import { condition } from "./expression";
import { objectName } from "./names";
import { skipParentheses } from "./query";

/** CREATE, UPDATE and DROP STATISTICS; undefined if the next statement is another one. */
export function statistics(cursor: Cursor): DefinitionStatement | undefined {
  if (cursor.accept("DROP", "STATISTICS")) {
    const targets = list(cursor, () => tableAndName(objectName(cursor), cursor));
    return { kind: "statistics", verb: "DROP", targets, columns: [] };
  }
  if (cursor.accept("UPDATE", "STATISTICS")) {
    const table = objectName(cursor);
    if (cursor.at("(")) parenthesizedList(cursor, () => identifier(cursor));
    else if (isIdentifier(cursor.peek())) identifier(cursor);
    options(cursor);
    return { kind: "statistics", verb: "UPDATE", targets: [{ table }], columns: [] };
  }
  if (!cursor.accept("CREATE", "STATISTICS")) return undefined;
  const name = identifier(cursor);
  cursor.expect("ON");
  const table = objectName(cursor);
  const columns = parenthesizedList(cursor, () => identifier(cursor));
  if (cursor.accept("WHERE")) condition(cursor);
  options(cursor);
  return { kind: "statistics", verb: "CREATE", targets: [{ table, name }], columns };
}

/** `schema.table.statistics` */
function tableAndName({ name, schema, database }: ObjectName, cursor: Cursor) {
  return { table: { name: schema ?? cursor.fail(), schema: database }, name };
}

function options(cursor: Cursor): void {
  if (!cursor.accept("WITH")) return;
  list(cursor, () => {
    if (cursor.accept("SAMPLE")) {
      integerLiteral(cursor);
      cursor.choose("PERCENT", "ROWS");
    } else if (cursor.accept("RESAMPLE")) {
      if (cursor.accept("ON", "PARTITIONS")) skipParentheses(cursor);
    } else {
      cursor.next();
      if (cursor.accept("=")) cursor.next();
    }
  });
}
