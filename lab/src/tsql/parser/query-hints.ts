import { sqlError } from "../messages";
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

/**
 * OPTION (RECOMPILE, MAXDOP 1) at the end of a statement: nothing here has a plan to hint at; only MAXRECURSION changes
 * what a query does.
 */
export function queryHints(cursor: Cursor): { readonly maxRecursion?: number } {
  let maxRecursion: number | undefined;
  if (cursor.accept("OPTION"))
    parenthesizedList(cursor, () => {
      if (cursor.accept("MAXRECURSION")) maxRecursion = recursionLimit(cursor);
      else queryHint(cursor);
    });
  return maxRecursion === undefined ? {} : { maxRecursion };
}

function recursionLimit(cursor: Cursor): number {
  const token = cursor.peek();
  const limit = integerLiteral(cursor);
  return limit <= 32767 ? limit : cursor.raise(sqlError(310, token.text), token);
}

function queryHint(cursor: Cursor): void {
  const [, argument] = hints.find(([words]) => cursor.accept(...words.split(" "))) ?? cursor.fail();
  if (argument === "= number") cursor.expect("=");
  if (argument.endsWith("number")) integerLiteral(cursor);
  if (argument === "string") stringLiteral(cursor);
  if (argument === "list") skipParentheses(cursor);
}
