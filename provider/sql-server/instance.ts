import { sameName } from "../arguments/names";
import { VisibleError } from "../errors/visible-error";
import { byRunning, type Obstacle } from "./obstacle";
import { sql } from "./tsql";
import { supportOf, type VersionSupport } from "./version";

/** An instance of SQL Server, as it answers for itself when a session begins. */
export interface Instance {
  /** @@SERVERNAME; where that is NULL, the machine's name. */
  readonly name: string;
  /**
   * `<name>/<guid of its master database>/<the first eight digits of its service master key's guid>`: stays the same
   * however the instance is reached. The key is asked too, as setup may copy master from a template.
   */
  readonly id: string;
  /** @@SERVERNAME: what sys.servers had for the server itself when it started. */
  readonly serverName: string | null;
  /** SERVERPROPERTY('ServerName'): what the machine is called today. */
  readonly hostName: string | null;
  readonly productVersion: string;
  readonly version: VersionSupport;
  readonly isHadrEnabled: boolean;
  readonly isSysadmin: boolean;
  readonly isManagedInstance: boolean;
  readonly login: string;
}

export const instanceQuery = sql`SELECT
    @@SERVERNAME AS name,
    CONVERT(nvarchar(128), SERVERPROPERTY('ServerName')) AS hostName,
    CONVERT(nvarchar(128), SERVERPROPERTY('ProductVersion')) AS productVersion,
    CONVERT(int, SERVERPROPERTY('EngineEdition')) AS engineEdition,
    CONVERT(int, SERVERPROPERTY('IsHadrEnabled')) AS isHadrEnabled,
    IS_SRVROLEMEMBER('sysadmin') AS isSysadmin,
    SUSER_SNAME() AS login,
    (SELECT CONVERT(nvarchar(36), database_guid) FROM sys.database_recovery_status WHERE database_id = 1) AS masterGuid,
    (SELECT CONVERT(nvarchar(8), CONVERT(nvarchar(36), key_guid)) FROM sys.symmetric_keys WHERE symmetric_key_id = 102) AS serviceKey`;

export interface InstanceRow {
  readonly name: string | null;
  readonly hostName: string | null;
  readonly productVersion: string | null;
  readonly engineEdition: number | null;
  readonly isHadrEnabled: number | null;
  readonly isSysadmin: number | null;
  readonly login: string | null;
  readonly masterGuid: string | null;
  readonly serviceKey: string | null;
}

export function instanceOf(row: InstanceRow): Instance {
  const name = row.name ?? row.hostName ?? "(without a name)";
  const productVersion = row.productVersion ?? "";
  return {
    name,
    id: `${name}/${row.masterGuid ?? ""}/${row.serviceKey ?? ""}`.toLowerCase(),
    serverName: row.name,
    hostName: row.hostName,
    productVersion,
    version: supportOf(productVersion),
    isHadrEnabled: row.isHadrEnabled === 1,
    isSysadmin: row.isSysadmin === 1,
    isManagedInstance: row.engineEdition === 8,
    login: row.login ?? "",
  };
}

/** Refuses a login without the rights that are needed, before anything is touched. `address` is how the user reaches the instance. */
export function requireRights(instance: Instance, address: string): void {
  const doing = `work on ${instance.name} (${address})`;
  if (instance.isManagedInstance) {
    throw new VisibleError({
      doing,
      cause: "this is a managed instance; sqlServer is the other side of the link.",
      remedy: "give the SQL Server's host.",
    });
  }
  refuse(doing, rightObstacles(instance));
}

export const rightObstacles = ({ isSysadmin, login }: Instance): Obstacle[] =>
  isSysadmin
    ? []
    : [
        {
          code: "NotSysadmin",
          problem: `the login ${login} is not a member of sysadmin, which the documented procedure needs`,
          ...byRunning(
            "run as an administrator: ",
            sql`ALTER SERVER ROLE sysadmin ADD MEMBER ${sql.identifier(login)}`,
          ),
        },
      ];

/** Refuses with the first of them. */
function refuse(doing: string, [obstacle]: readonly Obstacle[]): void {
  if (!obstacle) return;
  const { problem, remedy, code } = obstacle;
  throw new VisibleError({ doing, cause: `${problem}.`, remedy }, [code]);
}

/** Refuses an instance that no link can be built on, before anything is made. */
export function requireLinkSupport(instance: Instance, address: string): void {
  refuse(`prepare ${instance.name} (${address}) for a link`, [
    ...nameObstacles(instance),
    ...buildObstacles(instance),
    ...releaseObstacles(instance),
    ...hadrObstacles(instance),
  ]);
}

/** Why no link can be built on this build of a release that has links. */
export const buildObstacles = ({ version: { refusal, update } }: Pick<Instance, "version">): Obstacle[] =>
  refusal === undefined || update === undefined ? [] : [outOfDate(refusal)];

const outOfDate = (refusal: string): Obstacle => ({
  code: "Version",
  problem: refusal,
  remedy: "install the update, then run pulumi up again.",
});

/** Why no link can be built on this release. */
export function releaseObstacles({ version }: Pick<Instance, "version">): Obstacle[] {
  const { name, refusal, update, clusterless } = version;
  if (refusal !== undefined && update === undefined) return [outOfDate(refusal)];
  if (clusterless) return [];
  return [
    {
      code: "Version",
      problem: `${name} has no availability groups without a cluster, and pulumi-mi-link does not set up links on it yet`,
      remedy: "use SQL Server 2017 or later.",
    },
  ];
}

export const hadrObstacles = ({ isHadrEnabled }: Pick<Instance, "isHadrEnabled">): Obstacle[] =>
  isHadrEnabled
    ? []
    : [
        {
          code: 35221,
          problem:
            "Always On availability groups are not enabled on this instance: SERVERPROPERTY('IsHadrEnabled') is 0",
          remedy:
            "in PowerShell on that machine: Enable-SqlAlwaysOn -ServerInstance . -Force (Linux: mssql-conf set hadr.hadrenabled 1, then restart), then run pulumi up again.",
        },
      ];

/** A replica gets its name from @@SERVERNAME, and SQL Server demands the name of the machine (35237): they must agree. */
export function nameObstacles({ serverName, hostName }: Instance): Obstacle[] {
  if (serverName !== null && (hostName === null || sameName(serverName, hostName))) return [];
  const drop = serverName === null ? [] : [sql`EXEC sp_dropserver ${sql.string(serverName)}`];
  const add = sql`EXEC sp_addserver ${sql.string(hostName ?? "<name>")}, 'local'`;
  return [
    {
      code: 35237,
      problem:
        serverName === null
          ? `@@SERVERNAME is NULL, while SERVERPROPERTY('ServerName') is ${hostName}: sys.servers has no row for the server itself`
          : `@@SERVERNAME is ${serverName}, while SERVERPROPERTY('ServerName') is ${hostName}: the machine got another name, or is a copy of another one`,
      ...byRunning("give the server its name, then restart SQL Server: ", ...drop, add),
      afterwards: "restart SQL Server, which takes the name with its next start",
    },
  ];
}

/** Whether an instance is the one on which an object was recorded. Another one is not in here: it is refused. */
export type Identity =
  | { readonly kind: "same" }
  /**
   * It has the same master database and another name: the server was renamed, unless it is a copy. `former` is the
   * recorded name, which is searched for where the record is too old to have the service master key.
   */
  | { readonly kind: "renamed"; readonly former?: string; readonly warning: string; readonly refusal: VisibleError };

/** Compares the instance that answers with the recorded one, and refuses another: a host name may point elsewhere by now. */
export function identify(instance: Instance, expectedId: string, address: string): Identity {
  const recorded = partsOf(expectedId);
  const found = partsOf(instance.id);
  const refuse = (cause: string, remedy: string) =>
    new VisibleError(
      {
        doing: `work on ${recorded.name.toUpperCase()} through ${address}`,
        said: [`the instance that answers is ${instance.id}, the one recorded is ${expectedId}`],
        cause,
        remedy,
      },
      ["OtherInstance"],
    );
  if (recorded.guid === found.guid && recorded.name === found.name) return { kind: "same" };
  const isSameKey = recorded.key === "" || recorded.key === found.key;
  if (recorded.guid !== "" && recorded.guid === found.guid && isSameKey) {
    return {
      kind: "renamed",
      ...(recorded.key === "" && { former: recorded.name }),
      warning: `The SQL Server at ${address} is called ${instance.name} now, and ${recorded.name} when its objects were recorded. Its master database is the same one, so it counts as the same server under another name, and the recorded name follows with the next change. If it is a copy of that server instead (a cloned or restored machine), point sqlServer.host at the original before anything is changed.`,
      refusal: refuse(
        "it has the same master database under another name, but it is not the server that was recorded: that one still answers, or what was recorded is not here. It is a copy (a cloned or restored machine, an image).",
        "point sqlServer.host at the original again; if this is the original under a new name after all, and somebody dropped the object, forget the object: pulumi state delete <its urn>.",
      ),
    };
  }
  if (recorded.name === found.name) {
    throw refuse(
      "another instance has that name now: SQL Server was installed anew, or its master database was rebuilt.",
      "restore master from a backup of the old instance; or, if the old one is gone for good, forget what was on it: pulumi state delete <urn>, then run pulumi up.",
    );
  }
  throw refuse(
    "the host name or address points at another instance than before.",
    "point sqlServer.host at the old instance again; to move a link, destroy it there first.",
  );
}

/** Older states have no key. */
function partsOf(id: string): { readonly name: string; readonly guid: string; readonly key: string } {
  const [name = "", guid = "", key = ""] = id.toLowerCase().split("/");
  return { name, guid, key };
}
