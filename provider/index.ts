/** Azure SQL Managed Instance links as code. A program imports the components, or the resources one by one. */
export { InstancePairing, type InstancePairingArgs } from "./link/instance-pairing";
export { ManagedInstanceLink, type ManagedInstanceLinkArgs } from "./link/managed-instance-link";
export { InstanceLink, type InstanceLinkArgs } from "./managed-instance/instance-link/resource";
export { TrustCertificate, type TrustCertificateArgs } from "./managed-instance/trust-certificate/resource";
export { AvailabilityGroup, type AvailabilityGroupArgs } from "./sql-server/availability-group/resource";
export { SqlServerCertificate, type SqlServerCertificateArgs } from "./sql-server/certificate/resource";
export {
  DistributedAvailabilityGroup,
  type DistributedAvailabilityGroupArgs,
} from "./sql-server/distributed-availability-group/resource";
export { FullRecoveryDatabase, type FullRecoveryDatabaseArgs } from "./sql-server/full-recovery-database/resource";
export {
  ManagedInstanceCertificate,
  type ManagedInstanceCertificateArgs,
} from "./sql-server/managed-instance-certificate/resource";
export { MasterKey, type MasterKeyArgs } from "./sql-server/master-key/resource";
export { MirroringEndpoint, type MirroringEndpointArgs } from "./sql-server/mirroring-endpoint/resource";
export type { SqlServerArgs } from "./sql-server/resource";
export { TrustedRoots, type TrustedRootsArgs } from "./sql-server/trusted-roots/resource";
export type { Validity } from "./sql-server/validity";
