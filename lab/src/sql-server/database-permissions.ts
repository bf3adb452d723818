import type { Session } from "../tsql/host";
import type { Database, DatabaseUser } from "./model";
import { findByName, nameKey } from "./names";
import { hasPermission } from "./permissions";
import { isSystemDatabase, type Server } from "./server";

/** The user that a session is in a database: dbo, its login's user, or guest where guest may come in; undefined: none (916). */
export function databaseUser(
  server: Server,
  database: Database,
  session: Session,
): "dbo" | "guest" | DatabaseUser | undefined {
  if (hasPermission(server, session, "CONTROL SERVER")) return "dbo";
  const user = [...database.users.values()].find(({ login }) => login === nameKey(session.login));
  if (user) return user;
  // Only master, tempdb and msdb let guest in by themselves.
  if (isSystemDatabase(database.name) && nameKey(database.name) !== "model") return "guest";
  return hasPermission(server, session, "CONNECT ANY DATABASE") ? "guest" : undefined;
}

export const currentDatabase = ({ instance }: Server, session: Session): Database | undefined =>
  findByName(instance.databases, session.database);

export function userName(server: Server, session: Session): string {
  const database = currentDatabase(server, session);
  const user = database && databaseUser(server, database, session);
  return typeof user === "object" ? user.name : (user ?? "guest");
}

/** Whether a session may do anything in the database. The lab grants nothing else there but permissions on certificates. */
export function isOwner(
  server: Server,
  session: Session,
  database: Database | undefined = currentDatabase(server, session),
): boolean {
  return database !== undefined && databaseUser(server, database, session) === "dbo";
}

/** The form in which a permission is kept: alone for the whole server, or with its securable. */
export const permissionKey = (permission: string, securableClass: string, name: string): string =>
  `${permission} ON ${securableClass}::${nameKey(name)}`;

/** Whether the user was granted the permission by GRANT ... ON CERTIFICATE::. */
export function mayOnCertificate(server: Server, session: Session, permission: string, name: string): boolean {
  const database = currentDatabase(server, session);
  const user = database && databaseUser(server, database, session);
  if (typeof user !== "object") return user === "dbo";
  const key = (wanted: string) => permissionKey(wanted, "CERTIFICATE", name);
  return !user.denied.has(key(permission)) && [permission, "CONTROL"].some((one) => user.permissions.has(key(one)));
}
