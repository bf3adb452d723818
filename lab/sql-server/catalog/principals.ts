import { bit, int, nvarchar, sysname, varbinary } from "../../tsql/types";
import { sameName } from "../names";
import { seesDefinitions } from "../permissions";
import type { Server } from "../server";
import { serverRoles } from "../server-roles";
import { loginSid } from "./certificates";
import { char, datetime, defineView } from "./view";

interface PrincipalRow {
  readonly name: string;
  readonly id: number;
  readonly type: readonly [code: string, description: string];
  readonly sid: Buffer;
  readonly created: Date;
}

function allPrincipals({ instance, clock }: Server): PrincipalRow[] {
  const installed = instance.databases.get("master")?.created ?? clock.now();
  return [
    ...[...instance.logins.values()].map(
      ({ name, principalId, created, isWindows }): PrincipalRow => ({
        name,
        id: principalId,
        type: isWindows ? ["U", "WINDOWS_LOGIN"] : ["S", "SQL_LOGIN"],
        sid: loginSid(name, principalId),
        created,
      }),
    ),
    ...serverRoles.map(
      ({ name, principalId }): PrincipalRow => ({
        name,
        id: principalId,
        type: ["R", "SERVER_ROLE"],
        sid: Buffer.from([principalId]),
        created: installed,
      }),
    ),
  ];
}

/** A login without VIEW ANY DEFINITION sees itself, sa and the roles. */
export const serverPrincipals = defineView<PrincipalRow>(
  ({ required, optional }) => [
    required("name", sysname, (row) => row.name),
    required("principal_id", int, (row) => row.id),
    optional("sid", varbinary(85), (row) => row.sid),
    required("type", char(1), (row) => row.type[0]),
    optional("type_desc", nvarchar(60), (row) => row.type[1]),
    optional("is_disabled", bit, 0),
    required("create_date", datetime, (row) => row.created),
    required("modify_date", datetime, (row) => row.created),
    optional("default_database_name", sysname, (row) => (row.type[0] === "R" ? null : "master")),
    optional("default_language_name", sysname, (row) => (row.type[0] === "R" ? null : "us_english")),
    optional("credential_id", int, null),
    optional("owning_principal_id", int, (row) => (row.type[0] === "R" ? 1 : null)),
    required("is_fixed_role", bit, (row) => Number(row.type[0] === "R" && row.name !== "public")),
  ],
  (server, session) => {
    const principals = allPrincipals(server);
    if (seesDefinitions(server, session)) return principals;
    return principals.filter(({ id, type, name }) => type[0] === "R" || id === 1 || sameName(name, session.login));
  },
);

export const serverRoleMembers = defineView<number>(
  ({ required }) => [required("role_principal_id", int, 3), required("member_principal_id", int, (id) => id)],
  ({ instance }) =>
    [...instance.logins.values()].filter(({ isSysadmin }) => isSysadmin).map(({ principalId }) => principalId),
);

interface PermissionRow {
  readonly grantee: number;
  readonly permission: string;
}

export const serverPermissions = defineView<PermissionRow>(
  ({ required, optional }) => [
    required("class", { name: "tinyint" }, ({ permission }) => (permission.includes(" ON ") ? 105 : 100)),
    optional("class_desc", nvarchar(60), ({ permission }) => (permission.includes(" ON ") ? "ENDPOINT" : "SERVER")),
    required("major_id", int, 0),
    required("minor_id", int, 0),
    required("grantee_principal_id", int, ({ grantee }) => grantee),
    required("grantor_principal_id", int, 1),
    required("type", char(4), ({ permission }) => initials(permission)),
    optional("permission_name", nvarchar(128), ({ permission }) => permission.split(" ON ")[0] ?? ""),
    required("state", char(1), "G"),
    optional("state_desc", nvarchar(60), "GRANT"),
  ],
  (server, session) =>
    [...server.instance.logins.values()]
      .filter(({ name }) => seesDefinitions(server, session) || sameName(name, session.login))
      .flatMap(({ principalId, permissions }) =>
        ["CONNECT SQL", ...permissions].map((permission) => ({ grantee: principalId, permission })),
      ),
);

const initials = (permission: string) =>
  permission === "CONNECT SQL"
    ? "COSQ"
    : permission
        .replace(/(\w)\w*\s*/g, "$1")
        .slice(0, 4)
        .padEnd(4);
