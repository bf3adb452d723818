import type { DefinitionStatement } from "../syntax/table-change";
import { type Cursor, identifier } from "./cursor";
import { objectName } from "./names";
import { clustering, keyColumns, refuseClauses } from "./table-definition";

/** Parses CREATE and DROP INDEX; undefined if the next statement is another one. */
export function index(cursor: Cursor): DefinitionStatement | undefined {
  if (cursor.accept("DROP", "INDEX")) {
    const ifExists = cursor.accept("IF", "EXISTS");
    const name = identifier(cursor);
    cursor.expect("ON");
    return { kind: "dropIndex", name, table: objectName(cursor), ifExists };
  }
  return createIndex(cursor);
}

function createIndex(cursor: Cursor): DefinitionStatement | undefined {
  if (!cursor.at("CREATE") || !["UNIQUE", "CLUSTERED", "NONCLUSTERED", "INDEX"].includes(cursor.peek(1).keyword))
    return undefined;
  cursor.expect("CREATE");
  const isUnique = cursor.accept("UNIQUE");
  const isClustered = clustering(cursor) ?? false;
  cursor.expect("INDEX");
  const name = identifier(cursor);
  cursor.expect("ON");
  const table = objectName(cursor);
  const columns = keyColumns(cursor);
  refuseClauses(cursor, "an index", ["INCLUDE", "WHERE"]);
  return { kind: "createIndex", name, table, isUnique, isClustered, columns };
}
