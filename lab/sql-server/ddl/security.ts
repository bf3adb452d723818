import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { CreateLogin, Grant } from "../../tsql/statements";
import { addLogin } from "../instance";
import { checkIdentifier, findByName, nameKey, sameName } from "../names";
import { checkPasswordPolicy } from "../password-policy";
import { hasPermission, requirePermission } from "../permissions";
import { missing } from "../refusals";
import type { Server } from "../server";
import { serverRoles } from "../server-roles";

export function createLogin(server: Server, { name, password }: CreateLogin, session: Session): void {
  const { instance, clock } = server;
  checkIdentifier(name);
  requirePermission(server, session, "ALTER ANY LOGIN");
  if (findByName(instance.logins, name) || serverRoles.some((role) => sameName(role.name, name)))
    throw sqlError(15025, name);
  checkPasswordPolicy(password);
  const principalId = instance.nextPrincipalId++;
  addLogin(instance, { name, password, principalId, isSysadmin: false, created: clock.now(), permissions: new Set() });
}

export function dropLogin(server: Server, name: string, session: Session): void {
  const login = findByName(server.instance.logins, name);
  const isAllowed = hasPermission(server, session, "ALTER ANY LOGIN") && login?.principalId !== 1;
  if (!login || !isAllowed) throw missing("drop", "login", name);
  server.instance.logins.delete(nameKey(name));
}

/** Server permissions, and CONNECT on an endpoint; a denial takes away what was granted. */
export function grant(server: Server, { kind, permission, on, principal }: Grant, session: Session): void {
  const { instance } = server;
  const login = findByName(instance.logins, principal);
  if (!login) throw missing("find", "login", principal);
  if (on && !(on.securableClass === "ENDPOINT" && sameName(instance.mirroringEndpoint?.name ?? "", on.name)))
    throw missing("find", on.securableClass.toLowerCase(), on.name);
  if (!session.isSysadmin) throw sqlError(4613);
  const name = on ? `${permission} ON ${on.securableClass}::${nameKey(on.name)}` : permission;
  if (kind === "grant") login.permissions.add(name);
  else login.permissions.delete(name);
}
