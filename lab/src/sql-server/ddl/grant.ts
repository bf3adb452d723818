import { objectKey } from "../../tsql/data/store";
import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { Grant } from "../../tsql/principal-statements";
import { sameName } from "../../tsql/values/collation";
import { builtInEndpoints } from "../built-in-endpoints";
import { systemViewNames } from "../catalog/index";
import { mayInDatabase, permissionKey } from "../database-permissions";
import type { Database } from "../model";
import { findByName, nameKey } from "../names";
import { hasPermission } from "../permissions";
import { missing } from "../refusals";
import { currentKeyStore, type Server } from "../server";
import { serverRolesOf } from "../server-roles";
import { currentDatabase } from "./users";

/** "Permissions: Database Engine": those that are of the server; what is not here is of a database. */
export const serverPermissionNames = [
  "ADMINISTER BULK OPERATIONS",
  "ALTER ANY AVAILABILITY GROUP",
  "ALTER ANY CONNECTION",
  "ALTER ANY CREDENTIAL",
  "ALTER ANY DATABASE",
  "ALTER ANY ENDPOINT",
  "ALTER ANY EVENT NOTIFICATION",
  "ALTER ANY EVENT SESSION",
  "ALTER ANY LINKED SERVER",
  "ALTER ANY LOGIN",
  "ALTER ANY SERVER AUDIT",
  "ALTER ANY SERVER ROLE",
  "ALTER RESOURCES",
  "ALTER SERVER STATE",
  "ALTER SETTINGS",
  "ALTER TRACE",
  "AUTHENTICATE SERVER",
  "CONNECT ANY DATABASE",
  "CONNECT SQL",
  "CONTROL SERVER",
  "CREATE ANY DATABASE",
  "CREATE AVAILABILITY GROUP",
  "CREATE DDL EVENT NOTIFICATION",
  "CREATE ENDPOINT",
  "CREATE LOGIN",
  "CREATE SERVER ROLE",
  "CREATE TRACE EVENT NOTIFICATION",
  "EXTERNAL ACCESS ASSEMBLY",
  "IMPERSONATE ANY LOGIN",
  "SELECT ALL USER SECURABLES",
  "SHUTDOWN",
  "UNSAFE ASSEMBLY",
  "VIEW ANY DATABASE",
  "VIEW ANY DEFINITION",
  "VIEW ANY PERFORMANCE DEFINITION",
  "VIEW ANY SECURITY DEFINITION",
  "VIEW SERVER PERFORMANCE STATE",
  "VIEW SERVER SECURITY STATE",
  "VIEW SERVER STATE",
] as const;
const serverPermissions: ReadonlySet<string> = new Set(serverPermissionNames);

export const databasePermissionNames = [
  "CREATE TABLE",
  "CREATE VIEW",
  "CREATE PROCEDURE",
  "CREATE FUNCTION",
  "CREATE SCHEMA",
  "CREATE ROLE",
  "CREATE CERTIFICATE",
  "BACKUP DATABASE",
  "BACKUP LOG",
  "CHECKPOINT",
  "CONNECT",
  "SELECT",
  "INSERT",
  "UPDATE",
  "DELETE",
  "EXECUTE",
  "REFERENCES",
  "ALTER ANY USER",
  "ALTER ANY ROLE",
  "VIEW DEFINITION",
  "ALTER",
  "CONTROL",
] as const;
const serverClasses = ["ENDPOINT", "LOGIN", "AVAILABILITY GROUP", "SERVER ROLE"];

interface Holder {
  readonly permissions: Set<string>;
  readonly denied: Set<string>;
}

export function grant(server: Server, statement: Grant, session: Session): void {
  const { on, permissions } = statement;
  const isOfServer = on
    ? serverClasses.includes(on.securableClass)
    : permissions.every((name) => serverPermissions.has(name));
  if (isOfServer) grantOnServer(server, statement, session);
  else grantInDatabase(server, statement, session);
}

/** 4621: a permission of the server is given in master. */
function grantOnServer(server: Server, statement: Grant, session: Session): void {
  const { on, principals, kind } = statement;
  if (!on && nameKey(session.database) !== "master") throw sqlError(4621);
  const holders = principals.map((principal) => serverPrincipal(server, principal));
  if (on) requireSecurable(server, on);
  if (!hasPermission(server, session, "CONTROL SERVER")) throw sqlError(4613);
  if (principals.some((principal) => isSpecial(server, principal, session))) throw sqlError(4624);
  change(kind, statement, holders, (permission) =>
    on ? permissionKey(permission, on.securableClass, on.name) : permission,
  );
}

/** To oneself and to sa nothing can be given. */
function isSpecial({ instance }: Server, principal: string, session: Session): boolean {
  return sameName(principal, session.login) || findByName(instance.logins, principal)?.principalId === 1;
}

function serverPrincipal({ instance }: Server, principal: string): Holder {
  const login = findByName(instance.logins, principal);
  const role = findByName(instance.serverRoles, principal);
  const fixed = serverRolesOf(instance.majorVersion).find(({ name }) => sameName(name, principal));
  if (fixed && fixed.name !== "public") throw sqlError(4617);
  if (fixed) return { permissions: new Set(), denied: new Set() };
  const found = login ?? role;
  if (!found) throw missing("find", "login", principal);
  return found;
}

function requireSecurable({ instance }: Server, { securableClass, name }: NonNullable<Grant["on"]>): void {
  const isThere =
    securableClass === "ENDPOINT"
      ? sameName(instance.mirroringEndpoint?.name ?? "", name) ||
        builtInEndpoints.some((endpoint) => sameName(endpoint.name, name))
      : securableClass === "LOGIN"
        ? findByName(instance.logins, name)
        : securableClass === "AVAILABILITY GROUP"
          ? findByName(instance.groups, name)
          : findByName(instance.serverRoles, name);
  if (!isThere) throw missing("find", securableClass.toLowerCase(), name);
}

function grantInDatabase(server: Server, statement: Grant, session: Session): void {
  const { on, principals, kind } = statement;
  const database = currentDatabase(server, session);
  const key = on ? securableKey(server, database, on, session) : undefined;
  const holders = principals.map((principal) => databasePrincipal(server, database, principal, session));
  if (!mayInDatabase(server, session, "CONTROL")) throw on ? missing("find", classOf(on), on.name) : sqlError(4613);
  change(kind, statement, holders, (permission) => (key ? permissionKey(permission, ...key) : permission));
}

const classOf = ({ securableClass }: NonNullable<Grant["on"]>): string => securableClass.toLowerCase();

function databasePrincipal({ clock }: Server, database: Database, principal: string, session: Session): Holder {
  const empty = { roles: new Set<string>(), permissions: new Set<string>(), denied: new Set<string>() };
  if (nameKey(principal) === "public" && !database.roles.has("public"))
    database.roles.set("public", { name: "public", principalId: 0, created: clock.now(), ...empty });
  if (["dbo", "sys", "information_schema"].includes(nameKey(principal)) || session.asUser?.name === principal)
    throw sqlError(4624);
  if (/^db_/i.test(principal) && !database.roles.has(nameKey(principal))) throw sqlError(4617);
  if (nameKey(principal) === "guest") return empty;
  const found = findByName(database.users, principal) ?? findByName(database.roles, principal);
  if (!found) throw missing("find", "user", principal);
  return found;
}

function securableKey(
  server: Server,
  database: Database,
  on: NonNullable<Grant["on"]>,
  session: Session,
): readonly [securableClass: string, name: string] | undefined {
  const { securableClass, schema = "dbo", name } = on;
  switch (securableClass) {
    case "DATABASE":
      if (!sameName(name, database.name)) throw missing("find", "database", name);
      return undefined;
    case "SCHEMA":
      return ["SCHEMA", name];
    case "OBJECT": {
      const isThere =
        database.store.objects.has(objectKey(schema, name)) ||
        (sameName(schema, "sys") && systemViewNames().includes(nameKey(name)));
      if (!isThere) throw missing("find", "object", name);
      return ["OBJECT", `${schema}.${name}`];
    }
    case "CERTIFICATE":
      if (!findByName(currentKeyStore(server, session).certificates, name)) throw missing("find", "certificate", name);
      return ["CERTIFICATE", name];
    default:
      if (!findByName(database.users, name) && !findByName(database.roles, name))
        throw missing("find", classOf(on), name);
      return [securableClass, name];
  }
}

/** A grant takes back a denial and a denial a grant; REVOKE takes back both. */
function change(
  kind: Grant["kind"],
  { permissions }: Grant,
  holders: readonly Holder[],
  keyOf: (permission: string) => string,
): void {
  for (const holder of holders) {
    for (const key of permissions.map(keyOf)) {
      holder.permissions.delete(key);
      holder.denied.delete(key);
      if (kind === "grant") holder.permissions.add(key);
      if (kind === "deny") holder.denied.add(key);
    }
  }
}
