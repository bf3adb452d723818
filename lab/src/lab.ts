import type { LabClock } from "./clock";
import type { Faults } from "./faults/faults";
import type { Journal } from "./journal";
import type { Ready } from "./ready";
import type { Instance } from "./sql-server/model";

/** SQL Server and Azure in one process, over real sockets. */
export interface Lab {
  /** How programs find the lab. */
  readonly ready: Ready;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly clock: LabClock;
  /** Cuts and mends what is between any two instances, by their names. */
  readonly network: LabNetwork;
  /** Drops an instance's sessions and starts it again, without what only its memory held. */
  restart(name: string): Promise<void>;
  /** Renews the certificate of a managed instance's endpoint, as Azure does from time to time. */
  renewCertificate(name: string): Promise<void>;
  sqlServer(name: string): Instance;
  managedInstance(name: string): Instance;
  close(): Promise<void>;
}

export interface LabNetwork {
  cut(one: string, other: string): void;
  /** Blocks connections in one direction, to one port where it is given. A link counts as cut. */
  block(from: string, to: string, port?: number): void;
  /** Mends one cut; without names, everything that is cut. */
  mend(one?: string, other?: string): void;
}
