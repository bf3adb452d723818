import { type Cursor, integerLiteral, parenthesizedList } from "./cursor";
import { notSpoken } from "./statements-not-spoken";

/** OPTION (RECOMPILE, MAXDOP 1) at the end of a statement: nothing here has a plan to hint at. */
export function queryHints(cursor: Cursor): void {
  if (cursor.accept("OPTION"))
    parenthesizedList(cursor, () => {
      if (cursor.accept("MAXDOP")) integerLiteral(cursor);
      else if (!cursor.accept("RECOMPILE")) cursor.raise(notSpoken(`OPTION (${cursor.peek().text})`));
    });
}
