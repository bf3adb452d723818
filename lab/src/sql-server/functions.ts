import { heldAppLockMode } from "../tsql/data/app-locks";
import type { ScalarFunction, Session } from "../tsql/host";
import { sqlError } from "../tsql/messages";
import { notSpoken } from "../tsql/not-spoken";
import {
  int,
  nvarchar,
  type SqlType,
  type SqlValue,
  sysname,
  type Typed,
  type Variant,
  varbinary,
} from "../tsql/types";
import { sameName } from "../tsql/values/collation";
import { certificateSid, certificateStringSid, loginSid } from "./catalog/certificates";
import { databaseVersions } from "./catalog/msdb";
import { parseCertificate } from "./certificates/parse";
import { connectionProperty } from "./connection-property";
import { currentDatabase, databaseUser, isOwner, userName } from "./database-permissions";
import { groupOf } from "./ddl/group-checks";
import { type Definition, text } from "./function-definition";
import { isLeftOutFunction } from "./left-out";
import type { Certificate, Database } from "./model";
import { findByName, nameKey } from "./names";
import { hasPermission, serverRolesOfLogin } from "./permissions";
import { currentKeyStore, type Server } from "./server";
import { serverProperty } from "./server-property";
import { serverRolesOf } from "./server-roles";

const smallint: SqlType = { name: "smallint" };
const variant: SqlType = { name: "sql_variant" };
const name = (value: string): Variant => ({ type: nvarchar(128), value });

const definitions: Readonly<Record<string, Definition>> = {
  SERVERPROPERTY: {
    type: variant,
    arity: [1, 1],
    call: ({ instance }, [property]) => serverProperty(instance, text(property)),
  },
  CERT_ID: {
    type: int,
    arity: [1, 1],
    call: (server, [certificate], session) => certificateNamed(server, session, certificate)?.id ?? null,
  },
  CERTENCODED: {
    type: varbinary("max"),
    arity: [1, 1],
    call: (server, [id], session) => certificateById(server, session, id)?.der ?? null,
  },
  CERTPROPERTY: { type: variant, arity: [2, 2], call: certificateProperty },
  DB_ID: {
    type: smallint,
    arity: [0, 1],
    call: ({ instance }, [database], session) =>
      findByName(instance.databases, text(database ?? session.database))?.id ?? null,
  },
  DB_NAME: { type: sysname, arity: [0, 1], call: databaseName },
  DATABASEPROPERTYEX: { type: variant, arity: [2, 2], call: databaseProperty },
  SUSER_SNAME: { type: sysname, arity: [0, 1], call: loginName },
  SUSER_ID: { type: int, arity: [0, 1], call: principalId },
  SUSER_NAME: { type: sysname, arity: [0, 1], call: principalName },
  SUSER_SID: { type: varbinary(85), arity: [0, 2], call: loginId },
  ORIGINAL_LOGIN: { type: sysname, arity: [0, 0], call: (_, __, { login }) => login },
  USER_NAME: { type: sysname, arity: [0, 1], call: nameOfUser },
  CONNECTIONPROPERTY: { type: variant, arity: [1, 1], call: connectionProperty },
  APPLOCK_MODE: { type: nvarchar(32), arity: [3, 3], call: appLockMode },
  IS_SRVROLEMEMBER: { type: int, arity: [1, 2], call: isRoleMember },
  HAS_PERMS_BY_NAME: { type: int, arity: [3, 5], call: hasPermissionByName },
  HAS_DBACCESS: {
    type: int,
    arity: [1, 1],
    call: (server, [name], session) => {
      const database = findByName(server.instance.databases, text(name));
      return database
        ? Number(databaseUser(server, database, session) !== undefined && database.state === "ONLINE")
        : null;
    },
  },
  FN_HADR_IS_PRIMARY_REPLICA: { type: { name: "bit" }, arity: [1, 1], call: isPrimaryReplica },
};

/** Finds one of the server's own functions. Throws where the lab leaves it out. */
export function scalarFunction(server: Server, functionName: string): ScalarFunction | undefined {
  const key = functionName.toUpperCase();
  if (isLeftOutFunction(key)) throw notSpoken(key);
  const definition = Object.hasOwn(definitions, key) ? definitions[key] : undefined;
  if (!definition) return undefined;
  const { type, arity } = definition;
  const check = (count: number) => {
    if (count < arity[0] || count > arity[1]) throw sqlError(174, functionName.toLowerCase(), arity[0]);
  };
  return {
    type(args) {
      check(args.length);
      return type;
    },
    call(args, session) {
      check(args.length);
      return definition.call(server, args.map(plainValue), session);
    },
  };
}

function plainValue({ value }: Typed): SqlValue {
  return typeof value === "object" && value !== null && "type" in value ? value.value : value;
}

function certificateNamed(
  server: Server,
  session: Session,
  certificate: SqlValue | undefined,
): Certificate | undefined {
  return findByName(currentKeyStore(server, session).certificates, unquoted(text(certificate)));
}

function certificateById(server: Server, session: Session, id: SqlValue | undefined): Certificate | undefined {
  if (id === null || id === undefined) return undefined;
  return [...currentKeyStore(server, session).certificates.values()].find(
    (certificate) => certificate.id === Number(id),
  );
}

/** CERT_ID takes a name as it would stand in a statement: `[a]]b]` is a]b. */
function unquoted(written: string): string {
  return /^\[.*\]$/s.test(written) ? written.slice(1, -1).replaceAll("]]", "]") : written;
}

function certificateProperty(server: Server, [id, property]: readonly SqlValue[], session: Session): SqlValue {
  const certificate = certificateById(server, session, id);
  if (!certificate) return null;
  const fields = parseCertificate(certificate.der);
  switch (text(property).toLowerCase()) {
    case "expiry_date":
      return { type: { name: "datetime" }, value: fields.notAfter };
    case "start_date":
      return { type: { name: "datetime" }, value: fields.notBefore };
    case "issuer_name":
      return { type: nvarchar(442), value: fields.issuer };
    case "subject":
      return { type: nvarchar(4000), value: fields.subject };
    case "cert_serial_number":
      return { type: nvarchar(64), value: fields.serialNumber };
    case "sid":
      return { type: varbinary(85), value: certificateSid(fields.thumbprint) };
    case "string_sid":
      return name(certificateStringSid(fields.thumbprint));
    default:
      return null;
  }
}

function databaseName({ instance }: Server, [id]: readonly SqlValue[], session: Session): SqlValue {
  if (id === null) return null;
  if (id === undefined || Number(id) === 0) return session.database;
  return [...instance.databases.values()].find((database) => database.id === Number(id))?.name ?? null;
}

function databaseProperty({ instance }: Server, [database, property]: readonly SqlValue[]): SqlValue {
  const found = findByName(instance.databases, text(database));
  if (!found) return null;
  const key = text(property).toLowerCase();
  if (key === "version") return { type: int, value: databaseVersions[instance.majorVersion] };
  const value = Object.hasOwn(databaseProperties, key)
    ? databaseProperties[key]?.(found, instance.collation)
    : undefined;
  if (value === undefined) return null;
  return typeof value === "number" ? { type: int, value } : name(value);
}

const databaseProperties: Readonly<Record<string, (database: Database, collation: string) => string | number>> = {
  collation: (_, collation) => collation,
  isautoclose: ({ isAutoClose }) => Number(isAutoClose),
  isautoshrink: ({ options }) => options.get("is_auto_shrink_on") ?? 0,
  isautocreatestatistics: ({ options }) => options.get("is_auto_create_stats_on") ?? 1,
  isautoupdatestatistics: ({ options }) => options.get("is_auto_update_stats_on") ?? 1,
  isfulltextenabled: () => 1,
  ispublished: () => 0,
  issubscribed: () => 0,
  ismergepublished: () => 0,
  sqlsortorder: () => 52,
  lcid: () => 1033,
  comparisonstyle: () => 196609,
  isinstandby: () => 0,
  recovery: ({ recoveryModel }) => recoveryModel,
  status: ({ state }) => state,
  updateability: ({ isReadOnly }) => (isReadOnly ? "READ_ONLY" : "READ_WRITE"),
  useraccess: ({ userAccess }) => userAccess,
};

function loginName({ instance }: Server, [sid]: readonly SqlValue[], session: Session): SqlValue {
  if (sid === undefined) return session.login;
  const login = [...instance.logins.values()].find(
    (candidate) => sid instanceof Buffer && loginSid(candidate.name, candidate.principalId).equals(sid),
  );
  return login?.name ?? null;
}

function loginId({ instance }: Server, [login]: readonly SqlValue[], session: Session): SqlValue {
  const found = findByName(instance.logins, text(login ?? session.login));
  return found ? loginSid(found.name, found.principalId) : null;
}

function principalId({ instance }: Server, [login]: readonly SqlValue[], session: Session): SqlValue {
  return findByName(instance.logins, text(login ?? session.login))?.principalId ?? null;
}

function principalName({ instance }: Server, [id]: readonly SqlValue[], session: Session): SqlValue {
  if (id === undefined) return session.login;
  const principals = [
    ...instance.logins.values(),
    ...instance.serverRoles.values(),
    ...serverRolesOf(instance.majorVersion),
  ];
  return principals.find((principal) => id !== null && principal.principalId === Number(id))?.name ?? null;
}

function nameOfUser(server: Server, [id]: readonly SqlValue[], session: Session): SqlValue {
  if (id === undefined) return userName(server, session);
  const users = [...(currentDatabase(server, session)?.users.values() ?? [])];
  const known = ["public", "dbo", "guest", "INFORMATION_SCHEMA", "sys"].map((name, at) => ({ name, principalId: at }));
  return [...known, ...users].find(({ principalId }) => id !== null && principalId === Number(id))?.name ?? null;
}

/** APPLOCK_MODE('public', resource, 'Transaction' or 'Session') looks at locks in the session's database. */
function appLockMode(server: Server, [principal, resource, owner]: readonly SqlValue[], session: Session): SqlValue {
  const store = currentDatabase(server, session)?.store;
  const isKnown = sameName(text(principal), "public") || sameName(text(principal), "dbo");
  if (!store || !isKnown || resource === null || resource === undefined) return null;
  const kind = sameName(text(owner), "session") ? "Session" : "Transaction";
  return heldAppLockMode({ store, resource: text(resource).slice(0, 255), owner: kind }, session);
}

/** Returns NULL for a role or login that does not exist. */
function isRoleMember({ instance }: Server, [role, login]: readonly SqlValue[], session: Session): SqlValue {
  const found = findByName(instance.logins, text(login ?? session.login));
  const isKnown =
    serverRolesOf(instance.majorVersion).some((known) => sameName(known.name, text(role))) ||
    findByName(instance.serverRoles, text(role)) !== undefined;
  if (!found || !isKnown) return null;
  const roles = serverRolesOfLogin(instance, found.name);
  return Number(nameKey(text(role)) === "public" || roles.has("sysadmin") || roles.has(nameKey(text(role))));
}

/** HAS_PERMS_BY_NAME knows permissions on the server and ownership of a database; for other securables only CONTROL SERVER counts. */
function hasPermissionByName(
  server: Server,
  [securable, securableClass, permission]: readonly SqlValue[],
  session: Session,
): SqlValue {
  if (permission === null || permission === undefined) return null;
  const kind = text(securableClass).toUpperCase();
  if (kind === "DATABASE") {
    const database = findByName(server.instance.databases, unquoted(text(securable)) || session.database);
    return database ? Number(isOwner(server, session, database)) : null;
  }
  const isServer = securable === null && (kind === "" || kind === "SERVER");
  return Number(hasPermission(server, session, isServer ? text(permission).toUpperCase() : "CONTROL SERVER"));
}

/** Returns NULL for a database that is in no group. */
function isPrimaryReplica({ instance }: Server, [database]: readonly SqlValue[]): SqlValue {
  const found = findByName(instance.databases, text(database));
  const group = found && groupOf(instance, found);
  return group ? Number(group.role === "PRIMARY") : null;
}
