import { bit, int, nvarchar, sysname, varbinary } from "../../tsql/types";
import { sameName } from "../../tsql/values/collation";
import { builtInEndpoints } from "../built-in-endpoints";
import { nameKey } from "../names";
import { seesDefinitions } from "../permissions";
import type { Server } from "../server";
import { serverRolesOf } from "../server-roles";
import { loginSid, sidOfCertificate } from "./certificates";
import { char, datetime, defineView } from "./view";

interface PrincipalRow {
  readonly name: string;
  readonly id: number;
  readonly type: readonly [code: string, description: string];
  readonly sid: Buffer;
  readonly created: Date;
  readonly isFixed?: boolean;
  readonly isDisabled?: boolean;
  readonly defaultDatabase?: string;
}

function allPrincipals({ instance, clock }: Server): PrincipalRow[] {
  const installed = instance.databases.get("master")?.created ?? clock.now();
  return [
    ...[...instance.logins.values()].map(
      ({ name, principalId, created, isWindows, isDisabled, certificateId, defaultDatabase }): PrincipalRow => ({
        name,
        id: principalId,
        isDisabled,
        defaultDatabase,
        type: isWindows
          ? ["U", "WINDOWS_LOGIN"]
          : certificateId === undefined
            ? ["S", "SQL_LOGIN"]
            : ["C", "CERTIFICATE_MAPPED_LOGIN"],
        sid: sidOfCertificate(instance.certificates, certificateId) ?? loginSid(name, principalId),
        created,
      }),
    ),
    ...serverRolesOf(instance.majorVersion).map(
      ({ name, principalId }): PrincipalRow => ({
        name,
        id: principalId,
        type: ["R", "SERVER_ROLE"],
        sid: Buffer.from([principalId]),
        created: installed,
        isFixed: name !== "public",
      }),
    ),
    ...[...instance.serverRoles.values()].map(
      ({ name, principalId, created }): PrincipalRow => ({
        name,
        id: principalId,
        type: ["R", "SERVER_ROLE"],
        sid: loginSid(name, principalId),
        created,
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
    optional("is_disabled", bit, ({ isDisabled }) => Number(isDisabled ?? false)),
    required("create_date", datetime, (row) => row.created),
    required("modify_date", datetime, (row) => row.created),
    optional("default_database_name", sysname, (row) =>
      row.type[0] === "R" ? null : (row.defaultDatabase ?? "master"),
    ),
    optional("default_language_name", sysname, (row) => (row.type[0] === "R" ? null : "us_english")),
    optional("credential_id", int, null),
    optional("owning_principal_id", int, (row) => (row.type[0] === "R" ? 1 : null)),
    required("is_fixed_role", bit, (row) => Number(row.isFixed ?? false)),
  ],
  (server, session) => {
    const principals = allPrincipals(server);
    if (seesDefinitions(server, session)) return principals;
    return principals.filter(({ id, type, name }) => type[0] === "R" || id === 1 || sameName(name, session.login));
  },
);

interface MemberRow {
  readonly role: number;
  readonly member: number;
}

export const serverRoleMembers = defineView<MemberRow>(
  ({ required }) => [
    required("role_principal_id", int, ({ role }) => role),
    required("member_principal_id", int, ({ member }) => member),
  ],
  ({ instance }) => {
    const ids = new Map(
      [...serverRolesOf(instance.majorVersion), ...instance.serverRoles.values()].map((role) => [
        nameKey(role.name),
        role.principalId,
      ]),
    );
    return [...instance.logins.values(), ...instance.serverRoles.values()].flatMap(({ roles, principalId }) =>
      [...roles].map((role) => ({ role: ids.get(role) ?? 0, member: principalId })),
    );
  },
);

interface PermissionRow {
  readonly grantee: number;
  readonly permission: string;
  readonly isDenied: boolean;
  readonly securableId: number;
}

export const serverPermissions = defineView<PermissionRow>(
  ({ required, optional }) => [
    required("class", { name: "tinyint" }, ({ permission }) => (permission.includes(" ON ") ? 105 : 100)),
    optional("class_desc", nvarchar(60), ({ permission }) => (permission.includes(" ON ") ? "ENDPOINT" : "SERVER")),
    required("major_id", int, ({ securableId }) => securableId),
    required("minor_id", int, 0),
    required("grantee_principal_id", int, ({ grantee }) => grantee),
    required("grantor_principal_id", int, 1),
    required("type", char(4), ({ permission }) => initials(permission)),
    optional("permission_name", nvarchar(128), ({ permission }) => permission.split(" ON ")[0] ?? ""),
    required("state", char(1), ({ isDenied }) => (isDenied ? "D" : "G")),
    optional("state_desc", nvarchar(60), ({ isDenied }) => (isDenied ? "DENY" : "GRANT")),
  ],
  (server, session) =>
    [...server.instance.logins.values(), ...server.instance.serverRoles.values()]
      .filter(({ name }) => seesDefinitions(server, session) || sameName(name, session.login))
      .flatMap((holder) => [
        ...("password" in holder ? [permissionRow(server, holder.principalId, "CONNECT SQL", false)] : []),
        ...[...holder.permissions].map((name) => permissionRow(server, holder.principalId, name, false)),
        ...[...holder.denied].map((name) => permissionRow(server, holder.principalId, name, true)),
      ]),
);

function permissionRow({ instance }: Server, grantee: number, permission: string, isDenied: boolean): PermissionRow {
  const endpoint = /ON ENDPOINT::(.*)$/s.exec(permission)?.[1];
  const builtIn = builtInEndpoints.find(({ name }) => sameName(name, endpoint ?? ""));
  const own = instance.mirroringEndpoint;
  const id = builtIn?.id ?? (own && sameName(own.name, endpoint ?? "") ? own.id : 0);
  return { grantee, permission, isDenied, securableId: endpoint === undefined ? 0 : id };
}

/** As the server shortens them; most are the initials. */
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
  (shortNames[permission.split(" ON ")[0] ?? ""] ?? permission.replace(/(\w)\w*\s*/g, "$1").slice(0, 4)).padEnd(4);
