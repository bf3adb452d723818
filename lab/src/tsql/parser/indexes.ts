import type { DefinitionStatement } from "../table-syntax";
import { type Cursor, identifier } from "./cursor";
import { objectName } from "./names";
import { skipParentheses } from "./query";
import { clustering, indexColumns } from "./table-definition";

/** CREATE, ALTER and DROP INDEX; undefined if the next statement is another one. */
export function index(cursor: Cursor): DefinitionStatement | undefined {
  if (cursor.accept("ALTER", "INDEX")) return alterIndex(cursor);
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
  return { kind: "createIndex", name, table: objectName(cursor), isUnique, isClustered, ...indexColumns(cursor) };
}

/** https://learn.microsoft.com/sql/t-sql/statements/alter-index-transact-sql */
function alterIndex(cursor: Cursor): DefinitionStatement {
  const name = cursor.accept("ALL") ? undefined : identifier(cursor);
  cursor.expect("ON");
  const table = objectName(cursor);
  const action = cursor.choose("REBUILD", "REORGANIZE", "DISABLE", "SET");
  if (action === "SET") skipParentheses(cursor);
  else if (action !== "DISABLE") {
    if (cursor.accept("PARTITION")) {
      cursor.expect("=");
      cursor.next();
    }
    if (cursor.accept("WITH")) skipParentheses(cursor);
  }
  return { kind: "alterIndex", name, table, action };
}
