/** Azure SQL Managed Instance links as code. A program imports the components, or the resources one by one. */
import "./node-version";

export {
  InstancePairing,
  type InstancePairingArgs,
  type SharedPairingArgs,
  type WholePairingArgs,
} from "./components/instance-pairing";
export { type LinkHealth, ManagedInstanceLink, type ManagedInstanceLinkArgs } from "./components/managed-instance-link";
export { PreparedServer, type PreparedServerArgs } from "./components/prepared-server";
export type { PairingOutputs, ServerOutputs } from "./components/shared-outputs";
export type { Finding, Step, Verdict } from "./preflight/finding";
export { preflight } from "./preflight/for-programs";
export type { LinkNames } from "./preflight/link-names";
export type { PreflightArgs, PreflightOptions, PreflightReport } from "./preflight/report";
export * from "./resources/index";
export type { SqlServerArgs } from "./resources/sql-server-args";
export type { Validity } from "./sql-server/validity";
