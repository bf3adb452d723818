import { notSpoken } from "../not-spoken";
import { type Cursor, integerLiteral, parenthesizedList } from "./cursor";

/** Skips OPTION (RECOMPILE, MAXDOP 1) at the end of a statement: the lab has no plans that a hint could change. */
export function queryHints(cursor: Cursor): void {
  if (cursor.accept("OPTION"))
    parenthesizedList(cursor, () => {
      if (cursor.accept("MAXDOP")) integerLiteral(cursor);
      else if (!cursor.accept("RECOMPILE")) cursor.raise(notSpoken(`OPTION (${cursor.peek().text})`));
    });
}
