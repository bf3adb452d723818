import type { Latency } from "../faults/faults";
import type { Clock } from "../network";
import type { Instance } from "../sql-server/model";
import type { Cuts } from "./cuts";
import type { ManagedInstance } from "./managed-instance";
import type { Operations } from "./operations";
import type { RequestQuota } from "./request-quota";

export interface AzureOptions {
  /** false: a second link is refused while one is being created, as older instances do. */
  readonly linksSideBySide: boolean;
  readonly seedingBytesPerSecond: number;
  /** How long a creation waits for the other side: five minutes in Azure (41962). */
  readonly linkTimeoutMilliseconds: number;
  /** The time that a planned failover takes, and an instance that stops or starts. @default 0 */
  readonly changeMilliseconds?: number;
  /** The Retry-After of operations, 15 in the recordings that keep it. @default none */
  readonly retryAfterSeconds?: number;
  /** The least time that an operation takes. @default 0 */
  readonly operationMilliseconds?: number;
  /** Operations that may run at once before another change is refused (429). @default any number */
  readonly concurrentOperations?: number;
  /** Requests of each kind that a subscription may send at once before it is throttled (429). @default any number */
  readonly requestQuota?: number;
}

/** Everything that the management plane answers from. */
export interface Azure {
  readonly clock: Clock;
  readonly operations: Operations;
  readonly options: AzureOptions;
  readonly quota: RequestQuota;
  /** The certificate of the authority that issues the managed instances' endpoint certificates. */
  readonly issuingAuthority: Buffer;
  readonly managedInstances: readonly ManagedInstance[];
  /** The SQL Servers that can be reached over the wire. */
  readonly sqlServers: readonly Instance[];
  /** How far behind the secondaries are: it can be changed at any time. */
  readonly latency: Latency;
  /** The pairs of instances between which the network is cut. */
  readonly cuts: Cuts;
  /** Ends what an instance serves, or begins it again; set by whoever serves its TDS port. */
  switchPower?: (engine: Instance, on: boolean) => Promise<void>;
}
