import { schemasOf } from "../../tsql/data/schemas";
import type { StoredObject } from "../../tsql/data/store";
import type { Session } from "../../tsql/host";
import type { Database } from "../model";
import { findByName, nameKey } from "../names";
import { seesDefinitions } from "../permissions";
import { currentKeyStore, type Server } from "../server";
import { databaseRoles } from "../server-roles";
import { loginSid, sidOfCertificate } from "./certificates";
import { type DeclaredRow, declareView } from "./declare";

/** dbo is the login that owns the database: sa, as all databases of the lab are made by an administrator. */
function principals(server: Server, session: Session): DeclaredRow[] {
  const { instance, clock } = server;
  const database = findByName(instance.databases, session.database);
  const created = database?.created ?? clock.now();
  const owner = [...instance.logins.values()].find(({ principalId }) => principalId === 1);
  const dates = { create_date: created, modify_date: created };
  const user = (id: number, name: string, sid: Buffer | null, authentication: string): DeclaredRow => ({
    ...dates,
    principal_id: id,
    name,
    sid,
    type: "S",
    type_desc: "SQL_USER",
    default_schema_name: id === 1 ? "dbo" : id === 2 ? "guest" : null,
    authentication_type: authentication === "INSTANCE" ? 1 : 0,
    authentication_type_desc: authentication,
  });
  const role = (id: number, name: string, isFixed: number): DeclaredRow => ({
    ...dates,
    principal_id: id,
    name,
    type: "R",
    type_desc: "DATABASE_ROLE",
    owning_principal_id: 1,
    is_fixed_role: isFixed,
    authentication_type_desc: "NONE",
  });
  return [
    role(0, "public", 0),
    user(1, "dbo", owner ? loginSid(owner.name, owner.principalId) : null, "INSTANCE"),
    user(2, "guest", Buffer.from([0]), "NONE"),
    user(3, "INFORMATION_SCHEMA", null, "NONE"),
    user(4, "sys", null, "NONE"),
    ...databaseRoles.map(([id, name]) => role(id, name, 1)),
    ...[...(database?.users.values() ?? [])].map((own) => {
      const login = instance.logins.get(own.login ?? "");
      const sid = login ? loginSid(login.name, login.principalId) : loginSid(own.name, own.principalId);
      const mapped = sidOfCertificate(currentKeyStore(server, session).certificates, own.certificateId);
      const row = user(own.principalId, own.name, mapped ?? sid, login ? "INSTANCE" : "NONE");
      const type = mapped ? { type: "C", type_desc: "CERTIFICATE_MAPPED_USER" } : {};
      return { ...row, ...type, default_schema_name: "dbo", create_date: own.created, modify_date: own.created };
    }),
    ...[...(database?.roles.values() ?? [])]
      .filter(({ principalId }) => principalId !== 0)
      .map((own) => ({ ...role(own.principalId, own.name, 0), create_date: own.created, modify_date: own.created })),
  ];
}

export const databasePrincipals = declareView(
  `name sysname NOT NULL, principal_id int NOT NULL, type char(1) NOT NULL, type_desc nvarchar(60),
  default_schema_name sysname, create_date datetime NOT NULL, modify_date datetime NOT NULL, owning_principal_id int,
  sid varbinary(85), is_fixed_role bit NOT NULL, authentication_type int NOT NULL,
  authentication_type_desc nvarchar(60), default_language_name sysname, default_language_lcid int,
  allow_encrypted_value_modifications bit NOT NULL`,
  principals,
);

export const databaseRoleMembers = declareView(
  "role_principal_id int NOT NULL, member_principal_id int NOT NULL",
  () => [{ role_principal_id: 16384, member_principal_id: 1 }],
);

/** What a fresh database has, dbo may connect and in master and its like guest too, and what was granted. */
export const databasePermissions = declareView(
  `class tinyint NOT NULL, class_desc nvarchar(60), major_id int NOT NULL, minor_id int NOT NULL,
  grantee_principal_id int NOT NULL, grantor_principal_id int NOT NULL, type char(4) NOT NULL,
  permission_name nvarchar(128), state char(1) NOT NULL, state_desc nvarchar(60)`,
  ({ instance }, session) => {
    const database = findByName(instance.databases, session.database);
    const open = ["master", "tempdb", "msdb"].includes(session.database.toLowerCase()) ? [1, 2] : [1];
    const holders = [...(database?.users.values() ?? []), ...(database?.roles.values() ?? [])];
    return [
      ...open.map((grantee) => permissionRow(grantee, "CONNECT", false, database)),
      ...[...(database?.users.values() ?? [])].map(({ principalId }) =>
        permissionRow(principalId, "CONNECT", false, database),
      ),
      ...holders.flatMap(({ principalId, permissions, denied }) => [
        ...[...permissions].map((key) => permissionRow(principalId, key, false, database)),
        ...[...denied].map((key) => permissionRow(principalId, key, true, database)),
      ]),
    ];
  },
);

const classes: Readonly<Record<string, readonly [number, string]>> = {
  OBJECT: [1, "OBJECT_OR_COLUMN"],
  SCHEMA: [3, "SCHEMA"],
  USER: [4, "DATABASE_PRINCIPAL"],
  ROLE: [4, "DATABASE_PRINCIPAL"],
  CERTIFICATE: [25, "CERTIFICATE"],
};
const shortNames: Readonly<Record<string, string>> = {
  CONNECT: "CO",
  SELECT: "SL",
  INSERT: "IN",
  UPDATE: "UP",
  DELETE: "DL",
  EXECUTE: "EX",
  CONTROL: "CL",
  ALTER: "AL",
  REFERENCES: "RF",
  "VIEW DEFINITION": "VW",
};

/** By the name that `permissionKey` keeps. */
function securableId(securableClass: string, name: string, objects: readonly StoredObject[]): number {
  if (securableClass === "SCHEMA") return schemasOf(objects).find((schema) => nameKey(schema.name) === name)?.id ?? 0;
  if (securableClass !== "OBJECT") return 0;
  return objects.find((object) => nameKey(`${object.schema}.${object.name}`) === name)?.id ?? 0;
}

function permissionRow(grantee: number, key: string, isDenied: boolean, database: Database | undefined): DeclaredRow {
  const [permission = "", on] = key.split(" ON ");
  const [securableClass = "", name = ""] = on?.split("::") ?? [];
  const [code, description] = classes[securableClass] ?? [0, "DATABASE"];
  return {
    class: code,
    class_desc: description,
    major_id: securableId(securableClass, name, [...(database?.store.objects.values() ?? [])]),
    grantee_principal_id: grantee,
    grantor_principal_id: 1,
    type: (shortNames[permission] ?? permission.replace(/(\w)\w*\s*/g, "$1").slice(0, 4)).padEnd(4),
    permission_name: permission,
    state: isDenied ? "D" : "G",
    state_desc: isDenied ? "DENY" : "GRANT",
  };
}

/** Password hashes are shown to who may control the server; the lab keeps none and shows NULL. */
export const sqlLogins = declareView(
  `name sysname NOT NULL, principal_id int NOT NULL, sid varbinary(85), type char(1) NOT NULL, type_desc nvarchar(60),
  is_disabled bit, create_date datetime NOT NULL, modify_date datetime NOT NULL, default_database_name sysname,
  default_language_name sysname, credential_id int, is_policy_checked bit, is_expiration_checked bit,
  password_hash varbinary(256)`,
  (server, session) =>
    [...server.instance.logins.values()]
      .filter(({ isWindows }) => !isWindows)
      .filter(
        ({ name, principalId }) => seesDefinitions(server, session) || principalId === 1 || name === session.login,
      )
      .map(({ name, principalId, created, isDisabled }) => ({
        name,
        principal_id: principalId,
        sid: loginSid(name, principalId),
        type: "S",
        type_desc: "SQL_LOGIN",
        is_disabled: Number(isDisabled ?? false),
        create_date: created,
        modify_date: created,
        default_database_name: "master",
        default_language_name: "us_english",
        is_policy_checked: 1,
        is_expiration_checked: 0,
      })),
);
