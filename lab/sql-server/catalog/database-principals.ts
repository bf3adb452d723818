import type { Session } from "../../tsql/host";
import { seesDefinitions } from "../permissions";
import type { Server } from "../server";
import { loginSid } from "./certificates";
import { type DeclaredRow, declareView } from "./declare";

const fixedRoles: readonly (readonly [id: number, name: string])[] = [
  [16384, "db_owner"],
  [16385, "db_accessadmin"],
  [16386, "db_securityadmin"],
  [16387, "db_ddladmin"],
  [16389, "db_backupoperator"],
  [16390, "db_datareader"],
  [16391, "db_datawriter"],
  [16392, "db_denydatareader"],
  [16393, "db_denydatawriter"],
];

/** dbo is the login that owns the database: sa, as all databases of the lab are made by an administrator. */
function principals({ instance, clock }: Server, session: Session): DeclaredRow[] {
  const created = instance.databases.get(session.database.toLowerCase())?.created ?? clock.now();
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
    ...fixedRoles.map(([id, name]) => role(id, name, 1)),
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

/** What a fresh database has: dbo may connect, and in master and its like guest too. */
export const databasePermissions = declareView(
  `class tinyint NOT NULL, class_desc nvarchar(60), major_id int NOT NULL, minor_id int NOT NULL,
  grantee_principal_id int NOT NULL, grantor_principal_id int NOT NULL, type char(4) NOT NULL,
  permission_name nvarchar(128), state char(1) NOT NULL, state_desc nvarchar(60)`,
  (_, session) => {
    const open = ["master", "tempdb", "msdb"].includes(session.database.toLowerCase()) ? [1, 2] : [1];
    return open.map((grantee) => ({
      class_desc: "DATABASE",
      grantee_principal_id: grantee,
      grantor_principal_id: 1,
      type: "CO  ",
      permission_name: "CONNECT",
      state: "G",
      state_desc: "GRANT",
    }));
  },
);

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
