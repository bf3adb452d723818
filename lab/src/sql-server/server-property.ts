import { int, nvarchar, type SqlValue } from "../tsql/types";
import { editionOf } from "./editions";
import type { Instance } from "./model";

const name = nvarchar(128);

/** SERVERPROPERTY answers a sql_variant over nvarchar(128) or int; NULL for a property that it does not know. */
export function serverProperty(instance: Instance, property: string): SqlValue {
  const value = Object.hasOwn(properties, property.toLowerCase())
    ? properties[property.toLowerCase()]?.(instance)
    : undefined;
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return { type: { name: "datetime" }, value };
  return typeof value === "number" ? { type: int, value } : { type: name, value };
}

const isManaged = ({ kind }: Instance) => kind === "managedInstance";
/** "HOST\INSTANCE": the part before and after the backslash. */
const machineName = ({ hostName }: Instance) => hostName.split("\\")[0] ?? hostName;
const instanceName = ({ hostName }: Instance) => hostName.split("\\")[1] ?? null;

/** The cumulative update that each of the lab's default builds is. */
const updates: ReadonlyMap<string, readonly [level: string, reference: string]> = new Map([
  ["15.0.4420.2", ["CU31", "KB5049296"]],
  ["16.0.4175.1", ["CU16", "KB5048033"]],
]);

const properties: Readonly<Record<string, (instance: Instance) => string | number | Date | null>> = {
  buildclrversion: () => "v4.0.30319",
  collationid: () => 872468488,
  comparisonstyle: () => 196609,
  filestreamconfiguredlevel: () => 0,
  filestreameffectivelevel: () => 0,
  filestreamsharename: () => "MSSQLSERVER",
  hadrmanagerstatus: ({ isHadrEnabled }) => (isHadrEnabled ? 1 : 0),
  isadvancedanalyticsinstalled: () => 0,
  isbigdatacluster: () => 0,
  isexternalauthenticationonly: (instance) => (isManaged(instance) ? 0 : null),
  isexternalgovernanceenabled: () => 0,
  islocaldb: () => 0,
  ispolybaseinstalled: () => 0,
  isserversuspendedforsnapshotbackup: (instance) => (instance.majorVersion >= 2022 ? 0 : null),
  istempdbmetadatamemoryoptimized: (instance) => (instance.majorVersion >= 2019 ? 0 : null),
  isxtpsupported: () => 1,
  lcid: () => 1033,
  licensetype: () => "DISABLED",
  processid: () => process.pid,
  productbuildtype: () => null,
  productupdatelevel: ({ version }) => updates.get(version)?.[0] ?? null,
  productupdatereference: ({ version }) => updates.get(version)?.[1] ?? null,
  resourcelastupdatedatetime: ({ startTime }) => startTime,
  resourceversion: ({ version }) => version.split(".").slice(0, 3).join("."),
  servicename: (instance) => instanceName(instance) ?? "MSSQLSERVER",
  sqlcharset: () => 1,
  sqlcharsetname: () => "iso_1",
  sqlsortorder: () => 52,
  sqlsortordername: () => "nocase_iso",
  suspendeddatabasecount: () => 0,
  collation: ({ collation }) => collation,
  computernamephysicalnetbios: machineName,
  edition: (instance) => editionOf(instance).text,
  editionid: (instance) => editionOf(instance).id,
  engineedition: (instance) => editionOf(instance).engineEdition,
  instancedefaultbackuppath: () => "/var/opt/mssql/data/",
  instancedefaultdatapath: () => "/var/opt/mssql/data/",
  instancedefaultlogpath: () => "/var/opt/mssql/data/",
  instancename: instanceName,
  isclustered: () => 0,
  isfulltextinstalled: () => 0,
  ishadrenabled: ({ isHadrEnabled }) => Number(isHadrEnabled),
  isintegratedsecurityonly: () => 0,
  issingleuser: () => 0,
  machinename: machineName,
  pathseparator: ({ isOnWindows }) => (isOnWindows ? "\\" : "/"),
  productbuild: ({ version }) => version.split(".")[2] ?? "",
  productlevel: () => "RTM",
  productmajorversion: ({ version }) => version.split(".")[0] ?? "",
  productminorversion: ({ version }) => version.split(".")[1] ?? "",
  productversion: ({ version }) => version,
  servername: ({ hostName }) => hostName,
};
