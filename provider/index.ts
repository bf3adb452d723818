/** Azure SQL Managed Instance links as code. A program imports the components, or the resources one by one. */
import "./node-version";

export { InstancePairing, type InstancePairingArgs } from "./components/instance-pairing";
export { ManagedInstanceLink, type ManagedInstanceLinkArgs } from "./components/managed-instance-link";
export * from "./resources/index";
export type { SqlServerArgs } from "./resources/sql-server-args";
export type { Validity } from "./sql-server/validity";
