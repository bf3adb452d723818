import type { Session } from "../tsql/host";
import type { Database, DatabaseUser } from "./model";
import { findByName, nameKey } from "./names";
import { hasPermission, withRoles } from "./permissions";
import { isSystemDatabase, type Server } from "./server";

/** What the fixed roles may do in their database; db_owner may do everything. */
const fixedRoles: Readonly<Record<string, RegExp>> = {
  db_owner: /./,
  db_accessadmin: /^(ALTER ANY USER|CREATE SCHEMA|CONNECT)$/,
  db_securityadmin: /^(ALTER ANY (APPLICATION )?ROLE|CREATE ROLE|VIEW DEFINITION)$/,
  db_ddladmin: /^(CREATE (TABLE|VIEW|PROCEDURE|FUNCTION|SCHEMA|TYPE|SYNONYM|RULE|DEFAULT)|ALTER)$/,
  db_backupoperator: /^(BACKUP (DATABASE|LOG)|CHECKPOINT)$/,
  db_datareader: /^SELECT$/,
  db_datawriter: /^(INSERT|UPDATE|DELETE)$/,
};
const fixedDenials: Readonly<Record<string, RegExp>> = {
  db_denydatareader: /^SELECT$/,
  db_denydatawriter: /^(INSERT|UPDATE|DELETE)$/,
};

/** Who a session is in a database: dbo, a user of its login, or guest where guest may come in; undefined: nobody (916). */
export function databaseUser(
  server: Server,
  database: Database,
  session: Session,
): "dbo" | "guest" | DatabaseUser | undefined {
  const impersonated = session.asUser && nameKey(session.asUser.database) === nameKey(database.name);
  if (!impersonated && hasPermission(server, session, "CONTROL SERVER")) return "dbo";
  const user = impersonated
    ? findByName(database.users, session.asUser?.name ?? "")
    : [...database.users.values()].find(({ login }) => login === nameKey(session.login));
  if (user) return user;
  // guest has no access but to master, tempdb and msdb.
  if (isSystemDatabase(database.name) && nameKey(database.name) !== "model") return "guest";
  return hasPermission(server, session, "CONNECT ANY DATABASE") ? "guest" : undefined;
}

export function userName(server: Server, session: Session): string {
  const database = findByName(server.instance.databases, session.database);
  const user = database && databaseUser(server, database, session);
  return typeof user === "object" ? user.name : (user ?? "guest");
}

export interface Securable {
  readonly schema: string;
  readonly name: string;
}

/** How a permission is kept: alone for the whole database, or with what it is on. */
export function permissionKey(permission: string, securableClass?: string, name?: string): string {
  return securableClass === undefined ? permission : `${permission} ON ${securableClass}::${nameKey(name ?? "")}`;
}

/** On the whole database, or on one of its objects by a grant on it, its schema or the database. */
export function mayInDatabase(
  server: Server,
  session: Session,
  permission: string,
  database: Database | undefined = findByName(server.instance.databases, session.database),
  securable?: Securable,
): boolean {
  const user = database && databaseUser(server, database, session);
  if (!database || !user) return false;
  if (user === "dbo") return true;
  const everyone = database.roles.get("public");
  const holders = [
    ...(typeof user === "object" ? withRoles(user, database.roles) : []),
    ...(everyone ? [everyone] : []),
  ];
  const roles = new Set(holders.flatMap((holder) => [...holder.roles]));
  if (roles.has("db_owner")) return true;
  const keys = [
    permission,
    ...(securable
      ? [
          permissionKey(permission, "OBJECT", `${securable.schema}.${securable.name}`),
          permissionKey(permission, "SCHEMA", securable.schema),
        ]
      : []),
  ];
  const denied = keys.some((key) => holders.some((holder) => holder.denied.has(key)));
  if (denied || [...roles].some((role) => fixedDenials[role]?.test(permission))) return false;
  const wanted = [...keys, ...keys.map((key) => key.replace(/^.*?(?= ON |$)/, "CONTROL")), "CONTROL"];
  return (
    wanted.some((key) => holders.some((holder) => holder.permissions.has(key))) ||
    [...roles].some((role) => fixedRoles[role]?.test(permission))
  );
}

/** What catalog views show a user: an object that it may do anything with. */
export function seesObject(server: Server, session: Session, database: Database, securable: Securable): boolean {
  return ["VIEW DEFINITION", "SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE", "ALTER"].some((permission) =>
    mayInDatabase(server, session, permission, database, securable),
  );
}
