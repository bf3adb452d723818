import type { Session } from "../tsql/host";
import { type SqlError, sqlError } from "../tsql/messages";
import { sameName } from "../tsql/values/collation";
import { databaseUser, isOwner } from "./database-permissions";
import type { Database } from "./model";
import { hasPermission } from "./permissions";
import type { Server } from "./server";
import type { OpenSession } from "./sessions";

/** The sessions in a database, but for the one that asks. */
export function othersIn({ sessions }: Server, database: Database, session: Session): OpenSession[] {
  return [...sessions.values()].filter(
    ({ session: open }) => open.spid !== session.spid && sameName(open.database, database.name),
  );
}

/** Why a database cannot be opened: 942, 927, 916, 923, 924. */
export function refusedAccess(server: Server, database: Database, session: Session): SqlError | undefined {
  const { name, state, userAccess } = database;
  if (!databaseUser(server, database, session)) return sqlError(916, session.login, name);
  if (state === "OFFLINE") return sqlError(942, name);
  if (state === "RESTORING") return sqlError(927, name);
  if (state === "EMERGENCY" && !session.isSysadmin) return sqlError(916, session.login, name);
  const mayEnter = isOwner(server, session, database) || hasPermission(server, session, "CREATE ANY DATABASE");
  if (userAccess === "RESTRICTED_USER" && !mayEnter) return sqlError(923, name);
  const isTaken = userAccess === "SINGLE_USER" && othersIn(server, database, session).length > 0;
  return isTaken ? sqlError(924, name) : undefined;
}
