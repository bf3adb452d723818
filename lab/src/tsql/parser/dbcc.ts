import { notSpoken } from "../not-spoken";
import type { DbccTrace } from "../syntax/dbcc";
import { type Cursor, integerLiteral, parenthesizedList } from "./cursor";

/** https://learn.microsoft.com/sql/t-sql/database-console-commands/dbcc-traceon-transact-sql; -1 means all sessions. */
export function dbcc(cursor: Cursor): DbccTrace | { readonly kind: "dbccLogSpace" } {
  if (cursor.accept("SQLPERF", "(", "LOGSPACE", ")")) {
    if (cursor.accept("WITH")) cursor.expect("NO_INFOMSGS");
    return { kind: "dbccLogSpace" };
  }
  const command = (["TRACEON", "TRACEOFF", "TRACESTATUS"] as const).find((word) => cursor.accept(word));
  if (!command) return cursor.raise(notSpoken(`DBCC ${cursor.peek().text}`));
  const numbers =
    cursor.at("(") && !cursor.accept("(", ")") ? parenthesizedList(cursor, () => signedInteger(cursor)) : [];
  if (cursor.accept("WITH")) cursor.expect("NO_INFOMSGS");
  return { kind: "dbccTrace", command, flags: numbers.filter((flag) => flag !== -1), global: numbers.includes(-1) };
}

function signedInteger(cursor: Cursor): number {
  return cursor.accept("-") ? -integerLiteral(cursor) : integerLiteral(cursor);
}
