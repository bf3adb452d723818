import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { ChangeMembership, CreateUser, RoleStatement } from "../../tsql/principal-statements";
import { sameName } from "../../tsql/values/collation";
import { mayInDatabase } from "../database-permissions";
import type { Database, Role } from "../model";
import { checkIdentifier, findByName, nameKey } from "../names";
import { missing } from "../refusals";
import { currentKeyStore, type Server } from "../server";
import { databaseRoles } from "../server-roles";

const builtIn = ["dbo", "guest", "information_schema", "sys", "public"];
const isFixedRole = (name: string): boolean => databaseRoles.some(([, role]) => sameName(role, name));

export function currentDatabase({ instance }: Server, session: Session): Database {
  const database = findByName(instance.databases, session.database);
  if (!database) throw sqlError(911, session.database);
  return database;
}

function newPrincipal(database: Database, name: string, created: Date): Role {
  checkIdentifier(name);
  const isTaken =
    builtIn.includes(nameKey(name)) ||
    isFixedRole(name) ||
    database.users.has(nameKey(name)) ||
    database.roles.has(nameKey(name));
  if (isTaken) throw sqlError(15023, name);
  const ids = [...database.users.values(), ...database.roles.values()].map(({ principalId }) => principalId);
  return {
    name,
    principalId: Math.max(4, ...ids.filter((id) => id < 16384)) + 1,
    created,
    roles: new Set(),
    permissions: new Set(),
    denied: new Set(),
  };
}

export function createUser(server: Server, statement: CreateUser, session: Session): void {
  const database = currentDatabase(server, session);
  const { name, certificate, isWithoutLogin } = statement;
  if (!mayInDatabase(server, session, "ALTER ANY USER")) throw sqlError(15247);
  const login = certificate !== undefined || isWithoutLogin ? undefined : (statement.login ?? name);
  if (login !== undefined && !findByName(server.instance.logins, login)) throw sqlError(15007, login);
  const principal = newPrincipal(database, name, server.clock.now());
  const isMapped = [...database.users.values()].some((user) => user.login && user.login === nameKey(login ?? ""));
  if (isMapped) throw sqlError(15063);
  const found =
    certificate === undefined ? undefined : findByName(currentKeyStore(server, session).certificates, certificate);
  if (certificate !== undefined && !found) throw missing("find", "certificate", certificate);
  database.users.set(nameKey(name), {
    ...principal,
    login: login === undefined ? undefined : nameKey(login),
    certificateId: found?.id,
  });
}

export function dropUser(server: Server, name: string, ifExists: boolean | undefined, session: Session): void {
  const database = currentDatabase(server, session);
  if (["dbo", "information_schema", "sys"].includes(nameKey(name))) throw sqlError(15150, "user", name);
  const user = findByName(database.users, name);
  if (!user && ifExists) return;
  if (!user || !mayInDatabase(server, session, "ALTER ANY USER")) throw missing("drop", "user", name);
  database.users.delete(nameKey(name));
}

export function databaseRole(server: Server, { kind, name }: RoleStatement, session: Session): void {
  const database = currentDatabase(server, session);
  const mayAlter = mayInDatabase(server, session, "ALTER ANY ROLE");
  if (kind === "createRole") {
    if (!mayAlter) throw sqlError(15247);
    database.roles.set(nameKey(name), newPrincipal(database, name, server.clock.now()));
    return;
  }
  if (isFixedRole(name)) throw sqlError(15150, "role", name);
  if (!findByName(database.roles, name) || !mayAlter) throw missing("drop", "role", name);
  if ([...database.users.values()].some(({ roles }) => roles.has(nameKey(name)))) throw sqlError(15144);
  database.roles.delete(nameKey(name));
}

export function alterRole(server: Server, { name, action, member }: ChangeMembership, session: Session): void {
  const database = currentDatabase(server, session);
  const mayAlter = mayInDatabase(server, session, isFixedRole(name) ? "CONTROL" : "ALTER ANY ROLE");
  if (!mayAlter || !(isFixedRole(name) || findByName(database.roles, name))) throw missing("alter", "role", name);
  if (sameName(member, "dbo")) throw sqlError(15405, "dbo");
  const principal = findByName(database.users, member) ?? findByName(database.roles, member);
  if (!principal) throw sqlError(15151, action, "principal", member);
  if (action === "add") principal.roles.add(nameKey(name));
  else principal.roles.delete(nameKey(name));
}
