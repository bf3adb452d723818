import type { LoginRequest } from "../tds/contract";
import type { Host, Session } from "../tsql/host";
import { SqlError, sqlError } from "../tsql/messages";
import type { Instance, Login } from "./model";
import { findByName } from "./names";
import { checkPasswordPolicy } from "./password-policy";
import { isSysadmin } from "./permissions";

export interface SignedIn {
  readonly login: Login;
  readonly database: string;
}
export interface Refused {
  readonly errors: readonly SqlError[];
  /** The error log has the reason; the client only learns that the login failed. */
  readonly reason?: string;
}

/** Throws nothing: a password that is wrong, a disabled account and a database that cannot be opened are answers. */
export function signIn(instance: Instance, host: Host, request: LoginRequest): SignedIn | Refused {
  const { user, password, token } = request;
  const login = token === undefined ? findByName(instance.logins, user) : loginOfToken(instance, token);
  const failed = sqlError(18456, user);
  if (!login) return { errors: [failed], reason: "Could not find a login matching the name provided." };
  if (token === undefined && login.password !== password)
    return { errors: [failed], reason: "Password did not match that for the login provided." };
  if (login.isDisabled) return { errors: [sqlError(18470, user)], reason: "The account is disabled." };
  if (login.denied.has("CONNECT SQL"))
    return { errors: [failed], reason: "Login-based server access validation failed with an infrastructure error." };
  const notChanged = changePassword(login, request);
  if (notChanged) return { errors: [notChanged] };
  const opened = openedDatabase(instance, host, login, request);
  return opened instanceof SqlError ? { errors: [opened, failed] } : { login, database: opened };
}

function loginOfToken({ directory, logins }: Instance, token: string): Login | undefined {
  const id = directory?.principalOf(token);
  return id === undefined ? undefined : [...logins.values()].find(({ externalId }) => externalId === id);
}

/** LOGIN7 may bring a new password along; where one is due, nothing else gets in (18488). */
function changePassword(login: Login, { user, newPassword }: LoginRequest): SqlError | undefined {
  if (newPassword === undefined) return login.mustChangePassword ? sqlError(18488, user) : undefined;
  try {
    checkPasswordPolicy(newPassword);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return sqlError(error.number === 15116 ? 18464 : 18466, user);
  }
  login.password = newPassword;
  login.mustChangePassword = false;
  return undefined;
}

/** 4060 refuses the database that a login asked for, whatever the reason; 4064 refuses its default database. */
function openedDatabase(instance: Instance, host: Host, login: Login, request: LoginRequest): string | SqlError {
  const asking: Session = {
    host,
    spid: 0,
    login: login.name,
    isSysadmin: isSysadmin(instance, login.name),
    hostName: request.hostName,
    applicationName: request.applicationName,
    database: "master",
    transactionCount: 0,
    options: new Map(),
  };
  try {
    return host.openDatabase(request.database || login.defaultDatabase || "master", asking);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return request.database ? sqlError(4060, request.database) : sqlError(4064);
  }
}
