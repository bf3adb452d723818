import type { AvailabilityGroup, Database, Instance } from "./sql-server/model";

/** How a distributed group on one instance stands with the other side, found out at the moment of asking. */
export interface PartnerState {
  readonly connected: boolean;
  /** The error that sys.dm_hadr_availability_replica_states shows while the two are not connected. */
  readonly lastConnectError?: { readonly number: number; readonly description: string; readonly at: Date };
  /** undefined until the other side has joined. */
  readonly remoteRole?: "PRIMARY" | "SECONDARY";
  /** The group's members cannot be changed during a failover (47512). */
  readonly isFailingOver?: boolean;
  readonly synchronizationHealth: "NOT_HEALTHY" | "PARTIALLY_HEALTHY" | "HEALTHY";
  readonly databases: readonly PartnerDatabase[];
}

export interface PartnerDatabase {
  readonly name: string;
  readonly synchronizationState: "NOT SYNCHRONIZING" | "SYNCHRONIZING" | "SYNCHRONIZED" | "INITIALIZING";
  readonly lastHardenedLsn: bigint;
  readonly secondaryLagSeconds: number;
  readonly seeding?: Seeding;
  /** The copy at the other end was suspended by SET HADR SUSPEND. */
  readonly isSuspended?: boolean;
  /** undefined until the copy follows. */
  readonly position?: ReplicaPosition;
}

/** How far a secondary's copy has come. */
export interface ReplicaPosition {
  /** The end of the primary's log. */
  readonly endOfLogLsn: bigint;
  readonly hardenedLsn: bigint;
  readonly hardenedAt: Date;
  readonly redoneLsn: bigint;
  readonly redoneAt: Date;
  /** When the primary committed what was redone last. */
  readonly committedAt: Date;
  /** Bytes of log that the primary has not sent, and that the secondary has not redone. */
  readonly sendQueueBytes: number;
  readonly redoQueueBytes: number;
  /** How old the first transaction in each queue is; 0 where it is empty. */
  readonly sendLagSeconds: number;
  readonly redoLagSeconds: number;
}

export interface Seeding {
  readonly operationId: string;
  readonly start: Date;
  readonly databaseSizeBytes: number;
  readonly transferredBytes: number;
  readonly bytesPerSecond: number;
  readonly attempts: number;
  readonly completed?: Date;
}

export interface Attempt {
  /** undefined: nothing has that name. */
  readonly address?: string;
  readonly isOpen: boolean;
}

/** The changes that ALTER AVAILABILITY GROUP asks for: FAILOVER, FORCE_FAILOVER_ALLOW_DATA_LOSS, SET (ROLE = SECONDARY). */
export type RoleChange = "failover" | "forceFailoverAllowDataLoss" | "becomeSecondary";

/** The wire between instances, as an instance's dynamic views see it. lab/managed-instance implements it. */
export interface Network {
  partnerState(instance: Instance, distributedGroup: AvailabilityGroup): PartnerState;
  /** The seeding of one database to or from this instance, where one is under way or done. */
  seeding(instance: Instance, database: Database): Seeding | undefined;
  /** Whether a managed instance makes nothing else while it makes a link (41964). */
  isHeldByLink(instance: Instance): boolean;
  /** Whether a managed instance trusts its partners by this certificate (41963). */
  isTrusted(instance: Instance, der: Buffer): boolean;
  /** Tries to open a TCP connection from an instance, to a name or address as its own name service knows it. */
  connect(from: Instance, host: string, port: number): Promise<Attempt>;
  /** The certificate of Azure's authority, which a managed instance shows along with its own; undefined without Azure. */
  readonly issuingAuthority?: Buffer;
  /** Changes the roles of a link's distributed group from one of its sides. Throws a SqlError. */
  changeRole(instance: Instance, distributedGroup: AvailabilityGroup, change: RoleChange): Promise<void>;
}

/** One clock for all of the lab; tests can advance it. */
export interface Clock {
  now(): Date;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
