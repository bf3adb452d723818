import { notSpoken } from "../not-spoken";
import { type Cursor, integerLiteral, parenthesizedList } from "./cursor";

/** OPTION (RECOMPILE, MAXDOP 1) at the end of a statement: nothing here has a plan to hint at. */
export function queryHints(cursor: Cursor): void {
  if (cursor.accept("OPTION"))
    parenthesizedList(cursor, () => {
      if (cursor.accept("MAXDOP")) integerLiteral(cursor);
      else if (!cursor.accept("RECOMPILE")) cursor.raise(notSpoken(`OPTION (${cursor.peek().text})`));
    });
}
