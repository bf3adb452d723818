import type { Validity } from "../../sql-server/validity";

/** What links, and the servers that they join, were like at one moment. Plain data: `--json` prints it as it is. */
export interface Status {
  /** When it was looked, by this machine's clock, ISO 8601. */
  readonly at: string;
  readonly links: readonly LinkStatus[];
  readonly sqlServers: readonly SqlServerStatus[];
  readonly managedInstances: readonly ManagedInstanceStatus[];
  /** What concerns none of them, such as something of a stack that could not be read. */
  readonly problems: readonly Problem[];
}

/**
 * - `Healthy`: it replicates.
 * - `Copying`: the database is copied for the first time.
 * - `Warning`: it replicates, and something needs care soon.
 * - `Broken`: changes do not arrive.
 * - `Unknown`: neither side tells.
 */
export type Health = "Healthy" | "Copying" | "Warning" | "Broken" | "Unknown";

/** Something that is wrong, or that could not be read: what, why, and what to do now. */
export interface Problem {
  /** `unread`: the rest was looked at all the same. */
  readonly level: "error" | "warning" | "unread";
  /** One sentence: what is wrong, with what, and where. */
  readonly what: string;
  /** The number or word that SQL Server, Azure or this package has for it. */
  readonly code?: number | string;
  /** What `mi-link errors` and `docs/errors.md` have it under, where they do. */
  readonly entry?: string;
  /** What a server said of it, in its own words. */
  readonly said?: readonly string[];
  readonly cause?: string;
  /** If possible a command. */
  readonly remedy?: string;
}

/** The worst first. */
export const levels: readonly Problem["level"][] = ["error", "warning", "unread"];

export interface LinkStatus {
  /** The link's name in Azure, and that of the distributed availability group on SQL Server. */
  readonly name: string;
  readonly health: Health;
  /** A few words: "replicates", "30 % copied", "not connected" ... */
  readonly state: string;
  /** Name of the SQL Server; its address where it did not tell its name; undefined where it was not asked. */
  readonly sqlServer?: string;
  /** Where Azure finds the SQL Server: `TCP://host:port`. */
  readonly partnerEndpoint?: string;
  /** Short name of the managed instance. */
  readonly managedInstance?: string;
  /** The side whose database is written to; both or neither after a failover by force that nobody has ended. */
  readonly primary?: "SQL Server" | "managed instance" | "both" | "neither";
  readonly connected?: boolean;
  readonly mode?: "Async" | "Sync";
  readonly databases: readonly DatabaseStatus[];
  /** The cause comes first. */
  readonly problems: readonly Problem[];
}

export interface DatabaseStatus {
  readonly name: string;
  /** SYNCHRONIZED, SYNCHRONIZING ... of the secondary copy, as SQL Server sees it. */
  readonly synchronization?: string;
  /** The state of the link in Azure: LinkSynchronizing, LinkSynchronizationError ... */
  readonly replicaState?: string;
  readonly suspended?: boolean;
  readonly seeding?: SeedingStatus;
  /** How far the secondary is behind. */
  readonly lagSeconds?: number;
  /** Log that is not sent yet, and log that is sent and not redone. */
  readonly sendQueueKilobytes?: number;
  readonly redoQueueKilobytes?: number;
  /** ISO 8601. */
  readonly lastCommitAt?: string;
}

/** Azure tells the percentage only. */
export interface SeedingStatus {
  readonly percent: number;
  readonly transferredBytes?: number;
  readonly totalBytes?: number;
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
  /** From 1; a higher one began from the start again. */
  readonly attempt?: number;
}

export interface CertificateStatus {
  readonly name: string;
  /** SHA-1 of the certificate, upper-case hexadecimal. */
  readonly thumbprint: string;
  /** Its last day, `YYYY-MM-DD`, UTC. */
  readonly expiryDate: string;
  /** By the clock of the server that has it. */
  readonly validity: Validity;
  /** Until that day begins, by the same clock; negative once it has. */
  readonly daysLeft: number;
}

export interface SqlServerStatus {
  /** Host and port. */
  readonly address: string;
  /** undefined where it did not answer. */
  readonly name?: string;
  /** "SQL Server 2022, 16.0.4275.1" */
  readonly version?: string;
  readonly endpoint?: {
    readonly name: string;
    readonly port: number;
    /** STARTED, STOPPED or DISABLED. */
    readonly state?: string;
    readonly listening?: boolean;
  };
  /** The one that the endpoint shows. */
  readonly certificate?: CertificateStatus;
  /** What could not be read of it; what is wrong with a link is told with the link. */
  readonly problems: readonly Problem[];
}

export interface ManagedInstanceStatus {
  readonly id: string;
  readonly name: string;
  readonly fqdn?: string;
  /** `Ready`, `Stopped` ... */
  readonly state?: string;
  /** The one that its endpoint shows. */
  readonly certificate?: CertificateStatus;
  readonly problems: readonly Problem[];
}
