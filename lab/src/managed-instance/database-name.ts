import { isSystemDatabase } from "../sql-server/server";
import { ArmError } from "./arm-error";

/** Throws what no database of an instance may be called. */
export function checkDatabaseName(name: string): void {
  if (name !== name.trimEnd())
    throw new ArmError(400, "CannotUseTrailingWhitespacesInDatabaseName", "The database name validation failed.");
  if (isSystemDatabase(name))
    throw new ArmError(400, "CannotUseReservedDatabaseName", "Cannot use reserved database name in this operation.");
}
