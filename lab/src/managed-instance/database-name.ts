import { isSystemDatabase } from "../sql-server/server";
import { ArmError } from "./arm-error";

/** Throws where a managed instance takes no database of that name. */
export function checkDatabaseName(name: string): void {
  if (name !== name.trimEnd())
    throw new ArmError(400, "CannotUseTrailingWhitespacesInDatabaseName", "The database name validation failed.");
  if (isSystemDatabase(name))
    throw new ArmError(400, "CannotUseReservedDatabaseName", "Cannot use reserved database name in this operation.");
}
