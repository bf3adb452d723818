import { sqlError } from "../messages";
import { type Cursor, integerLiteral, parenthesizedList } from "./cursor";
import { notSpoken } from "./not-spoken";

/** OPTION (RECOMPILE, MAXDOP 1) at the end of a statement: nothing here has a plan to hint at. */
export function queryHints(cursor: Cursor): { readonly maxRecursion?: number } {
  let maxRecursion: number | undefined;
  if (cursor.accept("OPTION"))
    parenthesizedList(cursor, () => {
      if (cursor.accept("MAXRECURSION")) maxRecursion = recursionLimit(cursor);
      else if (cursor.accept("MAXDOP")) integerLiteral(cursor);
      else if (!cursor.accept("RECOMPILE")) cursor.raise(notSpoken(`OPTION (${cursor.peek().text})`));
    });
  return maxRecursion === undefined ? {} : { maxRecursion };
}

function recursionLimit(cursor: Cursor): number {
  const token = cursor.peek();
  const limit = integerLiteral(cursor);
  return limit <= 32767 ? limit : cursor.raise(sqlError(310, token.text), token);
}
