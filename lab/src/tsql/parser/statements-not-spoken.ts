import { notSpoken } from "../not-spoken";
import type { Cursor } from "./cursor";

/** The objects of these CREATE, ALTER and DROP statements. */
const objects = `AGGREGATE ASSEMBLY CONTRACT DEFAULT FUNCTION PROC PROCEDURE QUEUE ROUTE RULE SEQUENCE SERVICE SYNONYM
  TRIGGER TYPE VIEW`.split(/\s+/);

/** The first words of the statements that the lab does not speak. */
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
  "RECONFIGURE",
];

/** Refuses the next statement if it begins with one of these. */
export function refuseUnspoken(cursor: Cursor): void {
  const found = statements.find((name) => cursor.at(...name.split(" ")));
  if (found) cursor.raise(notSpoken(found));
}
