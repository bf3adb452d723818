import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import { notSpoken } from "../../tsql/not-spoken";
import type { Grant } from "../../tsql/syntax/principals";
import { sameName } from "../../tsql/values/collation";
import { builtInEndpoints } from "../built-in-endpoints";
import { currentDatabase, isOwner, permissionKey } from "../database-permissions";
import type { Holder } from "../model";
import { findByName, nameKey } from "../names";
import { hasPermission } from "../permissions";
import { missing } from "../refusals";
import { currentKeyStore, type Server } from "../server";
import { serverRolesOf } from "../server-roles";

/** The server's permissions ("Permissions: Database Engine"); any other is a database's. */
const serverPermissions: ReadonlySet<string> = new Set([
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
]);

const serverClasses = ["ENDPOINT", "LOGIN", "AVAILABILITY GROUP", "SERVER ROLE"];

/** Grants permissions on the server and on what it has; in a database only on certificates. */
export function grant(server: Server, statement: Grant, session: Session): void {
  const { on, permissions } = statement;
  const isOfServer = on
    ? serverClasses.includes(on.securableClass)
    : permissions.every((name) => serverPermissions.has(name));
  if (isOfServer) grantOnServer(server, statement, session);
  else if (on?.securableClass === "CERTIFICATE") grantOnCertificate(server, statement, on.name, session);
  else throw notSpoken(`${statement.kind.toUpperCase()} ${permissions.join(", ")} in a database`);
}

/** Throws 4621 outside of master, where the server's permissions are granted. */
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

/** Nobody can grant anything to themselves or to sa. */
function isSpecial({ instance }: Server, principal: string, session: Session): boolean {
  return sameName(principal, session.login) || findByName(instance.logins, principal)?.principalId === 1;
}

function serverPrincipal({ instance }: Server, principal: string): Holder {
  const login = findByName(instance.logins, principal);
  const role = findByName(instance.serverRoles, principal);
  const fixed = serverRolesOf(instance.majorVersion).find(({ name }) => sameName(name, principal));
  if (fixed && fixed.name !== "public") throw sqlError(4617);
  if (fixed) return { principalId: fixed.principalId, permissions: new Set(), denied: new Set() };
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

function grantOnCertificate(server: Server, statement: Grant, name: string, session: Session): void {
  const users = currentDatabase(server, session)?.users ?? new Map<string, Holder>();
  if (!findByName(currentKeyStore(server, session).certificates, name)) throw missing("find", "certificate", name);
  const holders = statement.principals.map((principal) => {
    if (["dbo", "sys", "information_schema"].includes(nameKey(principal))) throw sqlError(4624);
    const user = findByName<Holder>(users, principal);
    if (!user) throw missing("find", "user", principal);
    return user;
  });
  if (!isOwner(server, session)) throw missing("find", "certificate", name);
  change(statement.kind, statement, holders, (permission) => permissionKey(permission, "CERTIFICATE", name));
}

/** A GRANT removes a denial and a DENY removes a grant; REVOKE removes both. */
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
