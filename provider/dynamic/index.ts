/**
 * What the state of a stack names: `require("pulumi-mi-link/dynamic").handler("MirroringEndpoint")`. The path and the
 * function stay for as long as states exist that hold them.
 */

import { instanceLink } from "../managed-instance/instance-link/lifecycle";
import { trustCertificate } from "../managed-instance/trust-certificate/lifecycle";
import { availabilityGroup } from "../sql-server/availability-group/lifecycle";
import { sqlServerCertificate } from "../sql-server/certificate/lifecycle";
import { distributedAvailabilityGroup } from "../sql-server/distributed-availability-group/lifecycle";
import { fullRecoveryDatabase } from "../sql-server/full-recovery-database/lifecycle";
import { managedInstanceCertificate } from "../sql-server/managed-instance-certificate/lifecycle";
import { masterKey } from "../sql-server/master-key/lifecycle";
import { mirroringEndpoint } from "../sql-server/mirroring-endpoint/lifecycle";
import { trustedRoots } from "../sql-server/trusted-roots/lifecycle";
import { newContext } from "./context";
import { engineLog } from "./engine-log";
import { type DynamicProvider, dynamicProvider } from "./handler";
import { answered, whenInterrupted } from "./interruption";
import { lastingOutputs } from "./lasting-outputs";
import type { Lifecycle } from "./lifecycle";

export type ResourceType =
  | "AvailabilityGroup"
  | "DistributedAvailabilityGroup"
  | "FullRecoveryDatabase"
  | "InstanceLink"
  | "ManagedInstanceCertificate"
  | "MasterKey"
  | "MirroringEndpoint"
  | "SqlServerCertificate"
  | "TrustCertificate"
  | "TrustedRoots";

const lifecycles: Readonly<Record<ResourceType, Lifecycle<object, object>>> = {
  AvailabilityGroup: availabilityGroup,
  DistributedAvailabilityGroup: distributedAvailabilityGroup,
  FullRecoveryDatabase: fullRecoveryDatabase,
  InstanceLink: instanceLink,
  ManagedInstanceCertificate: managedInstanceCertificate,
  MasterKey: masterKey,
  MirroringEndpoint: mirroringEndpoint,
  SqlServerCertificate: sqlServerCertificate,
  TrustCertificate: trustCertificate,
  TrustedRoots: trustedRoots,
};

/** Of all types: one takes the outputs of another. */
const lasting = lastingOutputs();

export function handler(type: ResourceType): DynamicProvider {
  const provider = dynamicProvider(type, lifecycles[type], newContext, whenInterrupted(), engineLog, lasting);
  return {
    ...provider,
    create: (...args) => answered(provider.create(...args)),
    read: (...args) => answered(provider.read(...args)),
    update: (...args) => answered(provider.update(...args)),
    delete: (...args) => answered(provider.delete(...args)),
  };
}
