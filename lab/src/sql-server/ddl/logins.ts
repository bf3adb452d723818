import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { AlterLogin, ChangeMembership, CreateLogin, RoleStatement } from "../../tsql/syntax/principals";
import { sameName } from "../../tsql/values/collation";
import { addLogin, newLogin } from "../instance";
import type { Login } from "../model";
import { checkIdentifier, findByName, nameKey, newGuid } from "../names";
import { checkPasswordPolicy } from "../password-policy";
import { hasPermission, requirePermission, serverRolesOfLogin } from "../permissions";
import { missing } from "../refusals";
import type { Server } from "../server";
import { serverRoles, serverRolesOf } from "../server-roles";

export function createLogin(server: Server, statement: CreateLogin, session: Session): void {
  const { instance, clock } = server;
  const { name, password, certificate } = statement;
  checkIdentifier(name);
  requirePermission(server, session, "CREATE LOGIN");
  refuseTaken(server, name);
  if (password !== undefined && !statement.isPolicyOff) checkPasswordPolicy(password);
  const found = certificate === undefined ? undefined : findByName(instance.certificates, certificate);
  if (certificate !== undefined && !found) throw missing("find", "certificate", certificate);
  const externalId = statement.isExternal ? instance.directory?.find(name) : undefined;
  if (statement.isExternal && externalId === undefined) throw sqlError(33130, name);
  addLogin(
    instance,
    newLogin({
      name,
      password: password ?? newGuid(),
      principalId: instance.nextPrincipalId++,
      created: clock.now(),
      mustChangePassword: statement.mustChange,
      defaultDatabase: statement.defaultDatabase,
      certificateId: found?.id,
      externalId,
    }),
  );
}

function refuseTaken({ instance }: Server, name: string): void {
  const isTaken =
    findByName(instance.logins, name) ??
    findByName(instance.serverRoles, name) ??
    serverRoles.find((role) => sameName(role.name, name));
  if (isTaken) throw sqlError(15025, name);
}

/** Everybody may change their own password who knows the old one (15151 otherwise). */
export function alterLogin(server: Server, statement: AlterLogin, session: Session): void {
  const { instance } = server;
  const { name, enable, password, oldPassword, newName, defaultDatabase } = statement;
  const login = findByName(instance.logins, name);
  const isOwn = sameName(name, session.login) && enable === undefined && newName === undefined;
  if (!login || !(isOwn || hasPermission(server, session, "ALTER ANY LOGIN"))) throw missing("alter", "login", name);
  if (password !== undefined) {
    const mayReset = hasPermission(server, session, "ALTER ANY LOGIN") && oldPassword === undefined;
    if (!mayReset && oldPassword !== login.password) throw missing("alter", "login", name);
    checkPasswordPolicy(password);
    login.password = password;
    login.mustChangePassword = false;
  }
  if (enable !== undefined) login.isDisabled = !enable;
  if (defaultDatabase !== undefined) login.defaultDatabase = defaultDatabase;
  if (newName !== undefined) rename(server, login, newName);
}

function rename(server: Server, login: Login, name: string): void {
  const { logins } = server.instance;
  refuseTaken(server, name);
  logins.delete(nameKey(login.name));
  logins.set(nameKey(name), { ...login, name });
}

export function dropLogin(server: Server, name: string, session: Session): void {
  const { instance, sessions } = server;
  const login = findByName(instance.logins, name);
  const isAllowed = hasPermission(server, session, "ALTER ANY LOGIN") && login?.principalId !== 1;
  if (!login || !isAllowed) throw missing("drop", "login", name);
  const isConnected = [...sessions.values()].some((open) => sameName(open.session.login, name));
  if (isConnected) throw sqlError(15434, login.name);
  instance.logins.delete(nameKey(name));
}

export function serverRole(server: Server, { kind, name }: RoleStatement, session: Session): void {
  const { instance, clock } = server;
  if (kind === "createServerRole") {
    checkIdentifier(name);
    requirePermission(server, session, "CREATE SERVER ROLE");
    refuseTaken(server, name);
    const principalId = instance.nextPrincipalId++;
    const empty = { roles: new Set<string>(), permissions: new Set<string>(), denied: new Set<string>() };
    instance.serverRoles.set(nameKey(name), { name, principalId, created: clock.now(), ...empty });
    return;
  }
  const role = findByName(instance.serverRoles, name);
  if (!role || !hasPermission(server, session, "ALTER ANY SERVER ROLE")) throw missing("drop", "server role", name);
  if ([...instance.logins.values()].some(({ roles }) => roles.has(nameKey(name)))) throw sqlError(15144);
  instance.serverRoles.delete(nameKey(name));
}

/** Members of a fixed role may add others to it. */
export function alterServerRole(server: Server, statement: ChangeMembership, session: Session): void {
  const { instance } = server;
  const { name, action, member } = statement;
  const fixed = serverRolesOf(instance.majorVersion).find((role) => sameName(role.name, name));
  const mayAlter = fixed
    ? session.isSysadmin || serverRolesOfLogin(instance, session.login).has(nameKey(name))
    : hasPermission(server, session, "ALTER ANY SERVER ROLE");
  if (!mayAlter || (!fixed && !findByName(instance.serverRoles, name))) throw missing("alter", "server role", name);
  if (fixed?.name === "public") throw sqlError(15081);
  const principal = findByName(instance.logins, member) ?? findByName(instance.serverRoles, member);
  if (!principal) throw missing(action, "principal", member);
  if ("password" in principal && principal.principalId === 1) throw sqlError(15405, principal.name);
  if (action === "add") principal.roles.add(nameKey(name));
  else principal.roles.delete(nameKey(name));
}
