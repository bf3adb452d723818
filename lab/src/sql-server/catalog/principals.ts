import type { Session } from "../../tsql/host";
import { sameName } from "../../tsql/values/collation";
import { builtInEndpoints } from "../built-in-endpoints";
import type { Holder, Instance, Login } from "../model";
import { findByName, nameKey } from "../names";
import { seesDefinitions } from "../permissions";
import { currentKeyStore, type Server } from "../server";
import { serverRolesOf } from "../server-roles";
import { loginSid, sidOfCertificate } from "./certificates";
import { type Row, type View, view } from "./view";

const principalColumns = `name sysname NOT NULL, principal_id int NOT NULL, sid varbinary(85), type char(1) CODED,
  is_disabled bit = 0, create_date datetime NOT NULL, modify_date datetime NOT NULL, default_database_name sysname,
  default_language_name sysname, credential_id int`;

function loginRows({ instance }: Server): Row[] {
  return [...instance.logins.values()].map((login) => {
    const { name, principalId, created, isDisabled, certificateId, defaultDatabase } = login;
    return {
      name,
      principal_id: principalId,
      sid: sidOfCertificate(instance.certificates, certificateId) ?? loginSid(name, principalId),
      type: typeOf(login),
      is_disabled: Number(isDisabled ?? false),
      create_date: created,
      modify_date: created,
      default_database_name: defaultDatabase ?? "master",
      default_language_name: "us_english",
    };
  });
}

function typeOf({ isWindows, certificateId, externalId }: Login): readonly [string, string] {
  if (isWindows) return ["U", "WINDOWS_LOGIN"];
  if (externalId !== undefined) return ["E", "EXTERNAL_LOGIN"];
  return certificateId === undefined ? ["S", "SQL_LOGIN"] : ["C", "CERTIFICATE_MAPPED_LOGIN"];
}

function roleRows({ instance, clock }: Server): Row[] {
  const installed = instance.databases.get("master")?.created ?? clock.now();
  const role = (name: string, id: number, sid: Buffer, created: Date, isFixed: boolean): Row => ({
    name,
    principal_id: id,
    sid,
    type: ["R", "SERVER_ROLE"],
    create_date: created,
    modify_date: created,
    owning_principal_id: 1,
    is_fixed_role: Number(isFixed),
  });
  return [
    ...serverRolesOf(instance.majorVersion).map(({ name, principalId }) =>
      role(name, principalId, Buffer.from([principalId]), installed, name !== "public"),
    ),
    ...[...instance.serverRoles.values()].map(({ name, principalId, created }) =>
      role(name, principalId, loginSid(name, principalId), created, false),
    ),
  ];
}

/** The logins that a session sees: without VIEW ANY DEFINITION only its own and sa. */
function visibleLogins(server: Server, session: Session): Row[] {
  const rows = loginRows(server);
  if (seesDefinitions(server, session)) return rows;
  return rows.filter(({ principal_id, name }) => principal_id === 1 || sameName(String(name), session.login));
}

function memberRows({ instance }: Server): Row[] {
  const roles = [...serverRolesOf(instance.majorVersion), ...instance.serverRoles.values()];
  const ids = new Map(roles.map(({ name, principalId }) => [nameKey(name), principalId]));
  return [...instance.logins.values(), ...instance.serverRoles.values()].flatMap((member) =>
    [...member.roles].map((role) => ({
      role_principal_id: ids.get(role) ?? 0,
      member_principal_id: member.principalId,
    })),
  );
}

function permissionRows(server: Server, session: Session): Row[] {
  const { logins, serverRoles } = server.instance;
  const row = (grantee: Holder, permission: string, isDenied: boolean) =>
    permissionRow(server.instance, grantee.principalId, permission, isDenied);
  return [...logins.values(), ...serverRoles.values()]
    .filter(({ name }) => seesDefinitions(server, session) || sameName(name, session.login))
    .flatMap((holder) => [
      ...("password" in holder ? [row(holder, "CONNECT SQL", false)] : []),
      ...[...holder.permissions].map((name) => row(holder, name, false)),
      ...[...holder.denied].map((name) => row(holder, name, true)),
    ]);
}

function permissionRow(instance: Instance, grantee: number, key: string, isDenied: boolean): Row {
  const [permission = "", on] = key.split(" ON ");
  const [securableClass, name = ""] = on?.split("::") ?? [];
  return {
    class: securableClass === undefined ? [100, "SERVER"] : (classes[securableClass] ?? [101, "SERVER_PRINCIPAL"]),
    major_id: securableId(instance, securableClass, name),
    grantee_principal_id: grantee,
    type: initials(permission),
    permission_name: permission,
    state: isDenied ? ["D", "DENY"] : ["G", "GRANT"],
  };
}

const classes: Readonly<Record<string, readonly [number, string]>> = {
  ENDPOINT: [105, "ENDPOINT"],
  "AVAILABILITY GROUP": [108, "AVAILABILITY GROUP"],
};

function securableId({ mirroringEndpoint: own, logins }: Instance, securableClass: string | undefined, name: string) {
  if (securableClass === "LOGIN") return findByName(logins, name)?.principalId ?? 0;
  if (securableClass !== "ENDPOINT") return 0;
  return [...builtInEndpoints, ...(own ? [own] : [])].find((endpoint) => sameName(endpoint.name, name))?.id ?? 0;
}

/** The server's abbreviations of permissions. The lab shortens any other to its initials. */
const shortNames: Readonly<Record<string, string>> = {
  "CONNECT SQL": "COSQ",
  CONNECT: "CO",
  "CONTROL SERVER": "CL",
  CONTROL: "CL",
  "VIEW SERVER STATE": "VWSS",
  "VIEW ANY DEFINITION": "VWAD",
  "VIEW ANY DATABASE": "VWDB",
  "ALTER ANY AVAILABILITY GROUP": "ALAG",
  "ALTER ANY ENDPOINT": "ALHE",
  "ALTER ANY LOGIN": "ALLG",
  "ALTER ANY DATABASE": "ALDB",
  "ALTER ANY CONNECTION": "ALCO",
  "ALTER SERVER STATE": "ALSS",
  "ALTER SETTINGS": "ALST",
  "CREATE ANY DATABASE": "CRDB",
  "CREATE ENDPOINT": "CRHE",
  "CREATE AVAILABILITY GROUP": "CRAC",
  "CREATE LOGIN": "CRLG",
  "CONNECT ANY DATABASE": "CADB",
  "ADMINISTER BULK OPERATIONS": "ADBO",
};

const initials = (permission: string) =>
  (shortNames[permission] ?? permission.replace(/(\w)\w*\s*/g, "$1").slice(0, 4)).padEnd(4);

/** The principals of the session's database: those that every database has, and the users that were made in it. */
function databasePrincipals(server: Server, session: Session): Row[] {
  const { instance, clock } = server;
  const database = findByName(instance.databases, session.database);
  const created = database?.created ?? clock.now();
  const row = (id: number, name: string, type: Row["type"], more: Row = {}): Row => ({
    principal_id: id,
    name,
    type,
    create_date: created,
    modify_date: created,
    authentication_type: [0, "NONE"],
    ...more,
  });
  const sqlUser = ["S", "SQL_USER"] as const;
  // dbo is the login that owns the database: sa, as all databases of the lab are made by an administrator.
  const owner = { sid: Buffer.from([1]), default_schema_name: "dbo", authentication_type: [1, "INSTANCE"] } as const;
  const users = [...(database?.users.values() ?? [])].map(({ principalId, name, created: made, ...user }) => {
    const login = instance.logins.get(user.login ?? "");
    const mapped = sidOfCertificate(currentKeyStore(server, session).certificates, user.certificateId);
    return row(principalId, name, mapped ? ["C", "CERTIFICATE_MAPPED_USER"] : sqlUser, {
      create_date: made,
      modify_date: made,
      sid: mapped ?? loginSid(login?.name ?? name, login?.principalId ?? principalId),
      default_schema_name: "dbo",
      ...(login && { authentication_type: [1, "INSTANCE"] }),
    });
  });
  return [
    row(0, "public", ["R", "DATABASE_ROLE"], { owning_principal_id: 1 }),
    row(1, "dbo", sqlUser, owner),
    row(2, "guest", sqlUser, { sid: Buffer.from([0]), default_schema_name: "guest" }),
    row(3, "INFORMATION_SCHEMA", sqlUser),
    row(4, "sys", sqlUser),
    ...users,
  ];
}

export const principalViews: readonly View[] = [
  view(
    "server_principals",
    `${principalColumns}, owning_principal_id int, is_fixed_role bit NOT NULL`,
    (server, session) => [...visibleLogins(server, session), ...roleRows(server)],
  ),
  // Whoever controls the server would see password hashes; the lab keeps none and shows NULL.
  view(
    "sql_logins",
    `${principalColumns}, is_policy_checked bit = 1, is_expiration_checked bit = 0, password_hash varbinary(256)`,
    (server, session) => visibleLogins(server, session).filter(({ type }) => Array.isArray(type) && type[0] === "S"),
  ),
  view("server_role_members", "role_principal_id int NOT NULL, member_principal_id int NOT NULL", memberRows),
  view(
    "server_permissions",
    `class tinyint CODED, major_id int NOT NULL, minor_id int NOT NULL, grantee_principal_id int NOT NULL,
    grantor_principal_id int NOT NULL = 1, type char(4) NOT NULL, permission_name nvarchar(128), state char(1) CODED`,
    permissionRows,
  ),
  view(
    "database_principals",
    `name sysname NOT NULL, principal_id int NOT NULL, type char(1) CODED, default_schema_name sysname,
    create_date datetime NOT NULL, modify_date datetime NOT NULL, owning_principal_id int, sid varbinary(85),
    is_fixed_role bit NOT NULL, authentication_type int CODED, default_language_name sysname,
    default_language_lcid int, allow_encrypted_value_modifications bit NOT NULL`,
    databasePrincipals,
  ),
];
