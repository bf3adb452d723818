import { sqlError } from "../messages";
import type { Statement } from "../syntax";
import { type Flow, finish, ResolutionFailure, type Run } from "./run";

/** System tables cannot be changed, and nobody has the right to make tables of their own in the lab's databases. */
export function changeTable(statement: Extract<Statement, { readonly kind: "changeTable" }>, run: Run): Flow {
  const { verb, table, ifExists } = statement;
  const { session } = run;
  switch (verb) {
    case "CREATE TABLE":
    case "DECLARE TABLE":
      throw sqlError(
        262,
        "CREATE TABLE",
        table.name.startsWith("#") || verb === "DECLARE TABLE" ? "tempdb" : session.database,
      );
    case "DROP TABLE":
      if (!ifExists) throw sqlError(3701, "drop", "table", table.name);
      finish(run, {});
      return "next";
    case "TRUNCATE TABLE":
      throw sqlError(4701, table.name);
    default:
      if (session.host.table(table, session)) throw sqlError(259);
      if (table.name.startsWith("@")) throw new ResolutionFailure(sqlError(1087, table.name));
      throw new ResolutionFailure(sqlError(208, [table.database, table.schema, table.name].filter(Boolean).join(".")));
  }
}
