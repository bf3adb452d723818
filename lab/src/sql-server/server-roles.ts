import type { MajorVersion } from "./versions";

export interface FixedRole {
  readonly name: string;
  readonly principalId: number;
  /** The permissions of its members; sysadmin has all. */
  readonly permissions: readonly string[];
  readonly since?: MajorVersion;
}

const states = ["VIEW SERVER STATE", "VIEW SERVER PERFORMANCE STATE", "VIEW SERVER SECURITY STATE"];

/** "Server-level roles": the fixed ones with their principal_id; public is a role too, but not fixed. */
export const serverRoles: readonly FixedRole[] = [
  { name: "public", principalId: 2, permissions: ["VIEW ANY DATABASE"] },
  { name: "sysadmin", principalId: 3, permissions: ["CONTROL SERVER"] },
  { name: "securityadmin", principalId: 4, permissions: ["ALTER ANY LOGIN"] },
  {
    name: "serveradmin",
    principalId: 5,
    permissions: [
      "ALTER ANY ENDPOINT",
      "ALTER RESOURCES",
      "ALTER SERVER STATE",
      "ALTER SETTINGS",
      "SHUTDOWN",
      ...states,
    ],
  },
  { name: "setupadmin", principalId: 6, permissions: ["ALTER ANY LINKED SERVER"] },
  { name: "processadmin", principalId: 7, permissions: ["ALTER ANY CONNECTION", "ALTER SERVER STATE"] },
  { name: "diskadmin", principalId: 8, permissions: ["ALTER RESOURCES"] },
  { name: "dbcreator", principalId: 9, permissions: ["ALTER ANY DATABASE", "CREATE ANY DATABASE"] },
  { name: "bulkadmin", principalId: 10, permissions: ["ADMINISTER BULK OPERATIONS"] },
  { name: "##MS_ServerStateReader##", principalId: 11, permissions: states, since: 2022 },
  { name: "##MS_ServerStateManager##", principalId: 12, permissions: ["ALTER SERVER STATE", ...states], since: 2022 },
  {
    name: "##MS_DefinitionReader##",
    principalId: 13,
    permissions: ["VIEW ANY DATABASE", "VIEW ANY DEFINITION"],
    since: 2022,
  },
  { name: "##MS_DatabaseConnector##", principalId: 14, permissions: ["CONNECT ANY DATABASE"], since: 2022 },
  {
    name: "##MS_DatabaseManager##",
    principalId: 15,
    permissions: ["CREATE ANY DATABASE", "ALTER ANY DATABASE"],
    since: 2022,
  },
  { name: "##MS_LoginManager##", principalId: 16, permissions: ["CREATE LOGIN", "ALTER ANY LOGIN"], since: 2022 },
  {
    name: "##MS_SecurityDefinitionReader##",
    principalId: 17,
    permissions: ["VIEW ANY SECURITY DEFINITION"],
    since: 2022,
  },
  {
    name: "##MS_PerformanceDefinitionReader##",
    principalId: 18,
    permissions: ["VIEW ANY PERFORMANCE DEFINITION"],
    since: 2022,
  },
  {
    name: "##MS_ServerSecurityStateReader##",
    principalId: 19,
    permissions: ["VIEW SERVER SECURITY STATE"],
    since: 2022,
  },
  {
    name: "##MS_ServerPerformanceStateReader##",
    principalId: 20,
    permissions: ["VIEW SERVER PERFORMANCE STATE"],
    since: 2022,
  },
];

export function serverRolesOf(version: MajorVersion): readonly FixedRole[] {
  return serverRoles.filter(({ since = 0 }) => since <= version);
}
