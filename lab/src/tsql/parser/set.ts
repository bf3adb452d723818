import { sqlError } from "../messages";
import { notSpoken } from "../not-spoken";
import type { Statement } from "../syntax/statement";
import type { Cursor } from "./cursor";
import { expression, requireDeclared } from "./expression";

type SetStatement =
  | Omit<Extract<Statement, { kind: "setVariable" }>, "line">
  | Omit<Extract<Statement, { kind: "setOption" }>, "line">;

const assignments = ["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="] as const;

/** Options that are ON or OFF. */
const switches: ReadonlySet<string> = new Set([
  "ANSI_DEFAULTS",
  "ANSI_NULLS",
  "ANSI_NULL_DFLT_OFF",
  "ANSI_NULL_DFLT_ON",
  "ANSI_PADDING",
  "ANSI_WARNINGS",
  "ARITHABORT",
  "ARITHIGNORE",
  "CONCAT_NULL_YIELDS_NULL",
  "CURSOR_CLOSE_ON_COMMIT",
  "FORCEPLAN",
  "IMPLICIT_TRANSACTIONS",
  "NOCOUNT",
  "NOEXEC",
  "NUMERIC_ROUNDABORT",
  "PARSEONLY",
  "QUOTED_IDENTIFIER",
  "REMOTE_PROC_TRANSACTIONS",
  "XACT_ABORT",
]);
/** Options that would make queries answer with their columns or plans. */
const notSpokenSwitches: ReadonlySet<string> = new Set(["FMTONLY", "SHOWPLAN_ALL", "SHOWPLAN_TEXT", "SHOWPLAN_XML"]);
/** Options with a value of their own. */
const valued: ReadonlySet<string> = new Set([
  "DATEFIRST",
  "DATEFORMAT",
  "DEADLOCK_PRIORITY",
  "LANGUAGE",
  "LOCK_TIMEOUT",
  "QUERY_GOVERNOR_COST_LIMIT",
  "ROWCOUNT",
  "TEXTSIZE",
]);

export function setStatement(cursor: Cursor): SetStatement {
  cursor.expect("SET");
  const token = cursor.peek();
  if (token.kind === "variable") {
    cursor.next();
    requireDeclared(cursor, token.text, token.line, 1);
    const operator = assignments.find((symbol) => cursor.accept(symbol)) ?? cursor.fail();
    return {
      kind: "setVariable",
      name: token.text.toLowerCase(),
      operator: operator.slice(0, -1),
      value: expression(cursor),
    };
  }
  if (cursor.accept("TRANSACTION", "ISOLATION", "LEVEL")) {
    return { kind: "setOption", options: ["TRANSACTION ISOLATION LEVEL"], value: isolationLevel(cursor) };
  }
  if (cursor.accept("STATISTICS")) {
    const option = `STATISTICS ${cursor.choose("IO", "TIME", "PROFILE", "XML")}`;
    return { kind: "setOption", options: [option], value: cursor.choose("ON", "OFF") };
  }
  if (valued.has(token.keyword)) {
    cursor.next();
    const sign = cursor.accept("-") ? "-" : "";
    const value = cursor.peek().kind === "symbol" ? cursor.fail() : cursor.next().text;
    return { kind: "setOption", options: [token.keyword], value: sign + value };
  }
  const options = [switchName(cursor)];
  while (cursor.accept(",")) options.push(switchName(cursor));
  return { kind: "setOption", options, value: cursor.choose("ON", "OFF") };
}

function switchName(cursor: Cursor): string {
  const token = cursor.next();
  if (notSpokenSwitches.has(token.keyword)) cursor.raise(notSpoken(`SET ${token.keyword}`), token);
  // 195: SET NONSENSE ON
  return switches.has(token.keyword) ? token.keyword : cursor.raise(sqlError(195, token.text, "SET option"), token);
}

function isolationLevel(cursor: Cursor): string {
  if (cursor.accept("READ")) return `READ ${cursor.choose("UNCOMMITTED", "COMMITTED")}`;
  const level = cursor.accept("REPEATABLE", "READ") ? "REPEATABLE READ" : cursor.choose("SNAPSHOT", "SERIALIZABLE");
  return cursor.raise(notSpoken(`SET TRANSACTION ISOLATION LEVEL ${level}`));
}
