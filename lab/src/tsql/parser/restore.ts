import type { Restore } from "../syntax/restore";
import { type Cursor, identifier, integerLiteral, list, stringLiteral } from "./cursor";

/** https://learn.microsoft.com/sql/t-sql/statements/restore-statements-transact-sql */
export function restore(cursor: Cursor): Restore {
  const what = cursor.choose("HEADERONLY", "FILELISTONLY", "LABELONLY", "VERIFYONLY", "DATABASE", "LOG");
  const name = what === "DATABASE" || what === "LOG" ? identifier(cursor) : undefined;
  cursor.expect("FROM", "DISK", "=");
  const disk = stringLiteral(cursor);
  let file = 1;
  if (cursor.accept("WITH"))
    list(cursor, () => {
      if (cursor.accept("FILE", "=")) file = integerLiteral(cursor);
      else option(cursor);
    });
  return { kind: "restore", what, name, disk, file };
}

function option(cursor: Cursor): void {
  if (cursor.accept("MOVE")) {
    stringLiteral(cursor);
    cursor.expect("TO");
    stringLiteral(cursor);
    return;
  }
  cursor.choose(
    "CHECKSUM",
    "NO_CHECKSUM",
    "CONTINUE_AFTER_ERROR",
    "STOP_ON_ERROR",
    "NORECOVERY",
    "RECOVERY",
    "REPLACE",
    "STATS",
    "NOUNLOAD",
    "UNLOAD",
    "LOADHISTORY",
  );
  if (cursor.accept("=")) integerLiteral(cursor);
}
