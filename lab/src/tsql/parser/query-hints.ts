import { type Cursor, integerLiteral, parenthesizedList, stringLiteral } from "./cursor";
import { skipParentheses } from "./query";

type Argument = "none" | "number" | "= number" | "string" | "list";

/** https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-query: the words, and what stands behind them. */
const hints: readonly (readonly [words: string, argument: Argument])[] = [
  ["HASH GROUP", "none"],
  ["ORDER GROUP", "none"],
  ["CONCAT UNION", "none"],
  ["HASH UNION", "none"],
  ["MERGE UNION", "none"],
  ["LOOP JOIN", "none"],
  ["MERGE JOIN", "none"],
  ["HASH JOIN", "none"],
  ["DISABLE_OPTIMIZED_PLAN_FORCING", "none"],
  ["EXPAND VIEWS", "none"],
  ["FAST", "number"],
  ["FORCE ORDER", "none"],
  ["IGNORE_NONCLUSTERED_COLUMNSTORE_INDEX", "none"],
  ["KEEP PLAN", "none"],
  ["KEEPFIXED PLAN", "none"],
  ["MAX_GRANT_PERCENT", "= number"],
  ["MIN_GRANT_PERCENT", "= number"],
  ["MAXDOP", "number"],
  ["MAXRECURSION", "number"],
  ["NO_PERFORMANCE_SPOOL", "none"],
  ["OPTIMIZE FOR UNKNOWN", "none"],
  ["OPTIMIZE FOR", "list"],
  ["PARAMETERIZATION SIMPLE", "none"],
  ["PARAMETERIZATION FORCED", "none"],
  ["QUERYTRACEON", "number"],
  ["RECOMPILE", "none"],
  ["ROBUST PLAN", "none"],
  ["TABLE HINT", "list"],
  ["USE HINT", "list"],
  ["USE PLAN", "string"],
];

/** OPTION (RECOMPILE, MAXDOP 1) at the end of a statement: nothing here has a plan to hint at. */
export function queryHints(cursor: Cursor): void {
  if (cursor.accept("OPTION")) parenthesizedList(cursor, () => queryHint(cursor));
}

function queryHint(cursor: Cursor): void {
  const [, argument] = hints.find(([words]) => cursor.accept(...words.split(" "))) ?? cursor.fail();
  if (argument === "= number") cursor.expect("=");
  if (argument.endsWith("number")) integerLiteral(cursor);
  if (argument === "string") stringLiteral(cursor);
  if (argument === "list") skipParentheses(cursor);
}
