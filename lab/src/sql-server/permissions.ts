import type { Session } from "../tsql/host";
import { sqlError } from "../tsql/messages";
import type { Instance, Role } from "./model";
import { findByName, nameKey } from "./names";
import { consequence } from "./refusals";
import type { Server } from "./server";
import { serverRolesOf } from "./server-roles";

/** Permissions that a wider one includes ("Permissions: Database Engine"). */
const includedIn: Readonly<Record<string, readonly string[]>> = {
  "VIEW ANY DEFINITION": ["ALTER ANY AVAILABILITY GROUP", "ALTER ANY ENDPOINT"],
  "VIEW ANY DATABASE": ["CREATE ANY DATABASE", "ALTER ANY DATABASE", "VIEW ANY DEFINITION"],
  "CREATE AVAILABILITY GROUP": ["ALTER ANY AVAILABILITY GROUP"],
  "CREATE ENDPOINT": ["ALTER ANY ENDPOINT"],
  "CREATE ANY DATABASE": ["ALTER ANY DATABASE"],
  "CREATE LOGIN": ["ALTER ANY LOGIN"],
  "CREATE SERVER ROLE": ["ALTER ANY SERVER ROLE"],
  "VIEW SERVER STATE": ["ALTER SERVER STATE"],
  "VIEW SERVER PERFORMANCE STATE": ["VIEW SERVER STATE", "ALTER SERVER STATE"],
  "VIEW SERVER SECURITY STATE": ["VIEW SERVER STATE", "ALTER SERVER STATE"],
};

type Member = Pick<Role, "roles" | "permissions" | "denied">;

/** A login or role, the roles that it is in, and the roles that those are in. */
function* withRoles(holder: Member, own: ReadonlyMap<string, Role>, seen = new Set<string>()): Iterable<Member> {
  yield holder;
  for (const name of holder.roles) {
    const role = own.get(name);
    if (!role || seen.has(name)) continue;
    seen.add(name);
    yield* withRoles(role, own, seen);
  }
}

/** Lower-case names of the server roles that a login is in, by itself or through others. */
export function serverRolesOfLogin({ logins, serverRoles }: Instance, login: string): ReadonlySet<string> {
  const known = findByName(logins, login);
  return new Set(known ? [...withRoles(known, serverRoles)].flatMap(({ roles }) => [...roles]) : []);
}

export function isSysadmin(instance: Instance, login: string): boolean {
  return serverRolesOfLogin(instance, login).has("sysadmin");
}

export function hasPermission({ instance }: Server, session: Session, permission: string): boolean {
  if (session.isSysadmin) return true;
  const login = findByName(instance.logins, session.login);
  if (!login) return false;
  const holders = [...withRoles(login, instance.serverRoles)];
  if (holders.some(({ denied }) => denied.has(permission))) return false;
  const memberships = new Set(["public", ...holders.flatMap(({ roles }) => [...roles])]);
  const ofRoles = serverRolesOf(instance.majorVersion).filter(({ name }) => memberships.has(nameKey(name)));
  const granted = new Set([
    ...holders.flatMap(({ permissions }) => [...permissions]),
    ...ofRoles.flatMap(({ permissions }) => permissions),
  ]);
  return ["CONTROL SERVER", permission, ...(includedIn[permission] ?? [])].some((name) => granted.has(name));
}

/** The permission for dynamic views: 2022 divides VIEW SERVER STATE in two. */
export function serverStatePermission({ instance }: Server): string {
  return instance.majorVersion >= 2022 ? "VIEW SERVER PERFORMANCE STATE" : "VIEW SERVER STATE";
}

/** Throws 300 followed by 297, as every dynamic view of the server does without VIEW SERVER STATE. */
export function requireServerState(server: Server, session: Session): void {
  const permission = serverStatePermission(server);
  if (!hasPermission(server, session, permission))
    throw consequence(sqlError(300, permission, "server", "master"), 297);
}

export function requirePermission(server: Server, session: Session, permission: string): void {
  if (!hasPermission(server, session, permission)) throw sqlError(15247);
}

/** Whether catalog views show a login what it has no permission on. */
export function seesDefinitions(server: Server, session: Session): boolean {
  return hasPermission(server, session, "VIEW ANY DEFINITION");
}
