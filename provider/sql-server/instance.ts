import { VisibleError } from "../errors/visible-error";
import { sql } from "./query";
import { supportOf, type VersionSupport } from "./version";

/** What the first answer of an instance tells about it. */
export interface Instance {
  /** @@SERVERNAME. */
  readonly name: string;
  /** `<@@SERVERNAME>/<guid of its master database>`: stays the same however the instance is reached. */
  readonly id: string;
  readonly productVersion: string;
  readonly version: VersionSupport;
  readonly isHadrEnabled: boolean;
  readonly isSysadmin: boolean;
  readonly isManagedInstance: boolean;
  readonly login: string;
}

export const instanceQuery = sql`SELECT
    @@SERVERNAME AS name,
    CONVERT(nvarchar(128), SERVERPROPERTY('ProductVersion')) AS productVersion,
    CONVERT(int, SERVERPROPERTY('EngineEdition')) AS engineEdition,
    CONVERT(int, SERVERPROPERTY('IsHadrEnabled')) AS isHadrEnabled,
    IS_SRVROLEMEMBER('sysadmin') AS isSysadmin,
    SUSER_SNAME() AS login,
    (SELECT CONVERT(nvarchar(36), database_guid) FROM sys.database_recovery_status WHERE database_id = 1) AS masterGuid`;

export interface InstanceRow {
  readonly name: string;
  readonly productVersion: string;
  readonly engineEdition: number;
  readonly isHadrEnabled: number | null;
  readonly isSysadmin: number | null;
  readonly login: string;
  readonly masterGuid: string | null;
}

export function instanceOf(row: InstanceRow): Instance {
  return {
    name: row.name,
    id: `${row.name}/${row.masterGuid ?? ""}`.toLowerCase(),
    productVersion: row.productVersion,
    version: supportOf(row.productVersion),
    isHadrEnabled: row.isHadrEnabled === 1,
    isSysadmin: row.isSysadmin === 1,
    isManagedInstance: row.engineEdition === 8,
    login: row.login,
  };
}

/** Refused before anything is touched. `address` is how the user reaches it. */
export function requireRights(instance: Instance, address: string): void {
  const doing = `work on ${instance.name} (${address})`;
  if (instance.isManagedInstance) {
    throw new VisibleError({
      doing,
      cause: "this is a managed instance; sqlServer is the other side of the link.",
      remedy: "give the SQL Server's host.",
    });
  }
  if (!instance.isSysadmin) {
    throw new VisibleError(
      {
        doing,
        cause: `the login ${instance.login} is not a member of sysadmin, which the documented procedure needs.`,
        remedy: `run as an administrator: ${sql`ALTER SERVER ROLE sysadmin ADD MEMBER ${sql.identifier(instance.login)}`.text}`,
      },
      ["NotSysadmin"],
    );
  }
}

/** Refused before anything is made: what no link can be built on. */
export function requireLinkSupport(instance: Instance, address: string): void {
  const doing = `prepare ${instance.name} (${address}) for a link`;
  if (instance.version.refusal)
    throw new VisibleError(
      { doing, cause: `${instance.version.refusal}.`, remedy: "install the update, then run pulumi up again." },
      ["Version"],
    );
  if (!instance.version.clusterless) {
    throw new VisibleError(
      {
        doing,
        cause: `${instance.version.name} has no availability groups without a cluster, and pulumi-mi-link does not set up links on it yet.`,
        remedy: "use SQL Server 2017 or later.",
      },
      ["Version"],
    );
  }
  if (!instance.isHadrEnabled) {
    throw new VisibleError(
      {
        doing,
        said: ["SERVERPROPERTY('IsHadrEnabled') is 0"],
        cause: "Always On availability groups are not enabled on this instance.",
        remedy:
          "in PowerShell on that machine: Enable-SqlAlwaysOn -ServerInstance . -Force (Linux: mssql-conf set hadr.hadrenabled 1, then restart), then run pulumi up again.",
      },
      [35221],
    );
  }
}

/** The host name may point at another server today than it did when the object was made. */
export function requireSameInstance(instance: Instance, expectedId: string, address: string): void {
  if (instance.id === expectedId.toLowerCase()) return;
  throw new VisibleError(
    {
      doing: `work on ${expectedId.split("/")[0]?.toUpperCase()} through ${address}`,
      said: [`the instance that answers is ${instance.id}, the one recorded is ${expectedId}`],
      cause: "the host name or address points at another instance than before.",
      remedy: "point sqlServer.host at the old instance again; to move a link, destroy it there first.",
    },
    ["OtherInstance"],
  );
}
