import { sqlError } from "../messages";
import type { ServerStatement } from "../syntax/server-statement";
import type { Statement } from "../syntax/statement";
import { type Flow, finish, type Run } from "./run";

/** Statements that are refused in a transaction, with the error for each. */
const outsideTransactions: Readonly<Partial<Record<ServerStatement["kind"], readonly [number, string]>>> = {
  createAvailabilityGroup: [574, "CREATE AVAILABILITY GROUP"],
  alterAvailabilityGroup: [574, "ALTER AVAILABILITY GROUP"],
  dropAvailabilityGroup: [574, "DROP AVAILABILITY GROUP"],
  createDatabase: [226, "CREATE DATABASE"],
  alterDatabaseSet: [226, "ALTER DATABASE"],
  renameDatabase: [226, "ALTER DATABASE"],
  dropDatabase: [574, "DROP DATABASE"],
  backupDatabase: [3021, ""],
};

export async function serverStatement(
  statement: Extract<Statement, { readonly kind: "server" }>,
  run: Run,
): Promise<Flow> {
  const { session, sink } = run;
  const refused = outsideTransactions[statement.statement.kind];
  if (refused && session.transactionCount > 0) throw sqlError(...refused);
  await session.host.execute(statement.statement, session, sink);
  finish(run, {});
  return "next";
}
