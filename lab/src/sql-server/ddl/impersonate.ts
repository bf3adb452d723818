import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { ExecuteAs } from "../../tsql/principal-statements";
import { mayInDatabase, permissionKey } from "../database-permissions";
import { findByName, nameKey } from "../names";
import { hasPermission, isSysadmin } from "../permissions";
import type { Server } from "../server";
import { currentDatabase } from "./users";

type Context = Pick<Session, "login" | "asUser">;

/** Who the session was before each EXECUTE AS that is in force. */
const before = new WeakMap<Session, Context[]>();

/** Throws 15406, 15517. */
export function executeAs(server: Server, statement: ExecuteAs, session: Session): void {
  const next =
    statement.principal === "LOGIN"
      ? asLogin(server, statement.name, session)
      : asUser(server, statement.name, session);
  const stack = before.get(session) ?? [];
  before.set(session, stack);
  stack.push({ login: session.login, asUser: session.asUser });
  Object.assign(session, next);
}

function asLogin(server: Server, name: string, session: Session): Context {
  const login = findByName(server.instance.logins, name);
  const mayImpersonate = ["IMPERSONATE ANY LOGIN", permissionKey("IMPERSONATE", "LOGIN", name)].some((permission) =>
    hasPermission(server, session, permission),
  );
  if (!login || !mayImpersonate || login.certificateId !== undefined) throw sqlError(15406, name);
  return { login: login.name, asUser: undefined };
}

function asUser(server: Server, name: string, session: Session): Context {
  const database = currentDatabase(server, session);
  const user = findByName(database.users, name);
  const isDbo = nameKey(name) === "dbo";
  if ((!user && !isDbo) || !mayInDatabase(server, session, permissionKey("IMPERSONATE", "USER", name)))
    throw sqlError(15517, name);
  if (isDbo) {
    const owner = [...server.instance.logins.values()].find((login) => isSysadmin(server.instance, login.name));
    return { login: owner?.name ?? session.login, asUser: undefined };
  }
  const login = findByName(server.instance.logins, user?.login ?? "");
  return { login: login?.name ?? "", asUser: { database: database.name, name: user?.name ?? name } };
}

/** Without an EXECUTE AS in force nothing happens, as on the server. */
export function revert(session: Session): void {
  const last = before.get(session)?.pop();
  if (last) Object.assign(session, last);
}

/** RESETCONNECTION. */
export function revertAll(session: Session): void {
  const [first] = before.get(session) ?? [];
  if (first) Object.assign(session, first);
  before.delete(session);
}

export function originalLogin(session: Session): string {
  return before.get(session)?.[0]?.login ?? session.login;
}
