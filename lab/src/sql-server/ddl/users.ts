import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { CreateUser } from "../../tsql/syntax/principals";
import { currentDatabase, isOwner } from "../database-permissions";
import { checkIdentifier, findByName, nameKey } from "../names";
import { missing } from "../refusals";
import { currentKeyStore, type Server } from "../server";

const builtIn = ["dbo", "guest", "information_schema", "sys", "public"];

/** Creates the user of a login or of a certificate, which cannot be dropped as long as the user is there. */
export function createUser(server: Server, statement: CreateUser, session: Session): void {
  const { name, certificate } = statement;
  const database = currentDatabase(server, session);
  if (!database || !isOwner(server, session)) throw sqlError(15247);
  const login = certificate === undefined ? (statement.login ?? name) : undefined;
  if (login !== undefined && !findByName(server.instance.logins, login)) throw sqlError(15007, login);
  checkIdentifier(name);
  if (builtIn.includes(nameKey(name)) || findByName(database.users, name)) throw sqlError(15023, name);
  const users = [...database.users.values()];
  if (login !== undefined && users.some((user) => user.login === nameKey(login))) throw sqlError(15063);
  const found =
    certificate === undefined ? undefined : findByName(currentKeyStore(server, session).certificates, certificate);
  if (certificate !== undefined && !found) throw missing("find", "certificate", certificate);
  database.users.set(nameKey(name), {
    name,
    principalId: Math.max(4, ...users.map(({ principalId }) => principalId)) + 1,
    created: server.clock.now(),
    permissions: new Set(),
    denied: new Set(),
    login: login === undefined ? undefined : nameKey(login),
    certificateId: found?.id,
  });
}

export function dropUser(server: Server, name: string, ifExists: boolean | undefined, session: Session): void {
  const users = currentDatabase(server, session)?.users;
  if (["dbo", "information_schema", "sys"].includes(nameKey(name))) throw sqlError(15150, "user", name);
  const user = users && findByName(users, name);
  if (!user && ifExists) return;
  if (!user || !isOwner(server, session)) throw missing("drop", "user", name);
  users.delete(nameKey(name));
}
