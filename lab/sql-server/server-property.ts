import { int, nvarchar, type SqlValue } from "../tsql/types";
import type { Instance } from "./model";

const name = nvarchar(128);

/** SERVERPROPERTY: sql_variant over nvarchar(128) or int; NULL for what it does not know. */
export function serverProperty(instance: Instance, property: string): SqlValue {
  const value = Object.hasOwn(properties, property.toLowerCase())
    ? properties[property.toLowerCase()]?.(instance)
    : undefined;
  if (value === undefined || value === null) return null;
  return typeof value === "number" ? { type: int, value } : { type: name, value };
}

const isManaged = ({ kind }: Instance) => kind === "managedInstance";
/** "HOST\INSTANCE": the part before and after the backslash. */
const machineName = (instance: Instance) => instance.name.split("\\")[0] ?? instance.name;
const instanceName = (instance: Instance) => instance.name.split("\\")[1] ?? null;

const properties: Readonly<Record<string, (instance: Instance) => string | number | null>> = {
  buildclrversion: () => "v4.0.30319",
  collation: ({ collation }) => collation,
  computernamephysicalnetbios: machineName,
  edition: (instance) => (isManaged(instance) ? "SQL Azure" : "Developer Edition (64-bit)"),
  editionid: (instance) => (isManaged(instance) ? 1674378470 : -2117995310),
  engineedition: (instance) => (isManaged(instance) ? 8 : 3),
  hadrmanagerstatus: ({ isHadrEnabled }) => (isHadrEnabled ? 1 : 0),
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
  pathseparator: () => "/",
  productbuild: ({ version }) => version.split(".")[2] ?? "",
  productlevel: () => "RTM",
  productmajorversion: ({ version }) => version.split(".")[0] ?? "",
  productminorversion: ({ version }) => version.split(".")[1] ?? "",
  productversion: ({ version }) => version,
  servername: (instance) => instance.name,
};
