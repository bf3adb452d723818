import { notSpoken } from "../not-spoken";
import type { Cursor } from "./cursor";

/** Behind CREATE, ALTER and DROP. */
const objects = `AGGREGATE ASSEMBLY CONTRACT DEFAULT FUNCTION PROC PROCEDURE QUEUE ROUTE RULE SEQUENCE SERVICE SYNONYM
  TRIGGER TYPE VIEW`.split(/\s+/);

/** What statements begin with, word by word. */
const statements = [
  ...objects.flatMap((object) => [
    `CREATE ${object}`,
    `CREATE OR ALTER ${object}`,
    `ALTER ${object}`,
    `DROP ${object}`,
  ]),
  ...["CREATE", "UPDATE", "DROP"].map((verb) => `${verb} STATISTICS`),
  "ALTER INDEX",
  "ENABLE TRIGGER",
  "DISABLE TRIGGER",
  "MERGE",
  "INSERT BULK",
  "BULK INSERT",
  "FETCH",
  "DEALLOCATE",
  "READTEXT",
  "WRITETEXT",
  "UPDATETEXT",
];

/** Refuses the next statement where it begins with something of the table. */
export function refuseUnspoken(cursor: Cursor): void {
  const found = statements.find((name) => cursor.at(...name.split(" ")));
  if (found) cursor.raise(notSpoken(found));
}
