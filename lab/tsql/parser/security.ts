import { sqlError } from "../messages";
import type { CreateLogin, DbccTrace, Grant } from "../statements";
import { type Cursor, identifier, integerLiteral, parenthesizedList, stringLiteral } from "./cursor";

export function createLogin(cursor: Cursor): CreateLogin {
  const name = identifier(cursor);
  cursor.expect("WITH", "PASSWORD", "=");
  const password = stringLiteral(cursor);
  cursor.accept("MUST_CHANGE");
  while (cursor.accept(",")) {
    const option = cursor.choose("CHECK_POLICY", "CHECK_EXPIRATION", "DEFAULT_DATABASE", "DEFAULT_LANGUAGE", "SID");
    cursor.expect("=");
    if (option.startsWith("CHECK_")) cursor.choose("ON", "OFF");
    else if (option === "SID") cursor.peek().kind === "binary" ? cursor.next() : cursor.fail();
    else identifier(cursor);
  }
  return { kind: "createLogin", name, password };
}

/** GRANT permission [ON class::name] TO principal; the permission is one or more words. */
export function permission(cursor: Cursor): Grant {
  const kind = cursor.choose("GRANT", "REVOKE", "DENY").toLowerCase() as Grant["kind"];
  const words: string[] = [];
  while (cursor.peek().kind === "word" && !["ON", "TO", "FROM"].some((word) => cursor.at(word)))
    words.push(cursor.next().keyword);
  if (words.length === 0) cursor.fail();
  let on: Grant["on"];
  if (cursor.accept("ON")) {
    const securableClass: string[] = [];
    while (cursor.peek().kind === "word" && !cursor.at("::")) securableClass.push(cursor.next().keyword);
    cursor.expect("::");
    on = { securableClass: securableClass.join(" "), name: identifier(cursor) };
  }
  if (kind !== "revoke" || !cursor.accept("FROM")) cursor.expect("TO");
  const principal = identifier(cursor);
  if (kind === "grant" && cursor.accept("WITH")) cursor.expect("GRANT", "OPTION");
  if (kind !== "grant") cursor.accept("CASCADE");
  return { kind, permission: words.join(" "), on, principal };
}

/** https://learn.microsoft.com/sql/t-sql/database-console-commands/dbcc-traceon-transact-sql; -1 means all sessions. */
export function dbcc(cursor: Cursor): DbccTrace {
  const command = (["TRACEON", "TRACEOFF", "TRACESTATUS"] as const).find((word) => cursor.accept(word));
  if (!command) return cursor.raise(sqlError(2526));
  const numbers =
    cursor.at("(") && !cursor.accept("(", ")") ? parenthesizedList(cursor, () => signedInteger(cursor)) : [];
  if (cursor.accept("WITH")) cursor.expect("NO_INFOMSGS");
  return { kind: "dbccTrace", command, flags: numbers.filter((flag) => flag !== -1), global: numbers.includes(-1) };
}

function signedInteger(cursor: Cursor): number {
  return cursor.accept("-") ? -integerLiteral(cursor) : integerLiteral(cursor);
}
