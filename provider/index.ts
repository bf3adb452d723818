/** Azure SQL Managed Instance links as code. A program imports the components, or the resources one by one. */
import "./node-version";

export { InstancePairing, type InstancePairingArgs } from "./components/instance-pairing";
export { ManagedInstanceLink, type ManagedInstanceLinkArgs } from "./components/managed-instance-link";
export { AvailabilityGroup, type AvailabilityGroupArgs } from "./resources/availability-group/resource";
export {
  DistributedAvailabilityGroup,
  type DistributedAvailabilityGroupArgs,
} from "./resources/distributed-availability-group/resource";
export { FullRecoveryDatabase, type FullRecoveryDatabaseArgs } from "./resources/full-recovery-database/resource";
export * from "./resources/index";
export type { SqlServerArgs } from "./resources/sql-server-args";
export type { Validity } from "./sql-server/validity";
