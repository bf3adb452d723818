/** One `N'server' WITH (...)` or, in a distributed group, `N'group' WITH (...)`. */
export interface ReplicaSpec {
  readonly name: string;
  /** ENDPOINT_URL of a replica, LISTENER_URL of a distributed group's member. */
  readonly url?: string;
  readonly availabilityMode?: "SYNCHRONOUS_COMMIT" | "ASYNCHRONOUS_COMMIT" | "CONFIGURATION_ONLY";
  readonly failoverMode?: "AUTOMATIC" | "MANUAL" | "EXTERNAL";
  readonly seedingMode?: "AUTOMATIC" | "MANUAL";
  readonly sessionTimeout?: number;
  readonly backupPriority?: number;
  readonly primaryAllowConnections?: "ALL" | "READ_WRITE";
  readonly secondaryAllowConnections?: "ALL" | "READ_ONLY" | "NO";
}

export interface CreateAvailabilityGroup {
  readonly kind: "createAvailabilityGroup";
  readonly name: string;
  readonly distributed: boolean;
  /** Upper case; undefined where the version's default holds (WSFC). */
  readonly clusterType?: "WSFC" | "EXTERNAL" | "NONE";
  /** Further WITH options as written, upper-case names: BASIC, DB_FAILOVER, DTC_SUPPORT, CONTAINED, ... */
  readonly options: Readonly<Record<string, string>>;
  readonly databases: readonly string[];
  readonly replicas: readonly ReplicaSpec[];
}

export interface AlterAvailabilityGroup {
  readonly kind: "alterAvailabilityGroup";
  readonly name: string;
  readonly action:
    | { readonly kind: "addDatabase" | "removeDatabase"; readonly databases: readonly string[] }
    | { readonly kind: "addReplica" | "modifyReplica"; readonly replicas: readonly ReplicaSpec[] }
    | { readonly kind: "removeReplica"; readonly names: readonly string[] }
    | { readonly kind: "modifyMembers"; readonly members: readonly ReplicaSpec[] }
    | { readonly kind: "grantCreateAnyDatabase" | "denyCreateAnyDatabase" }
    | { readonly kind: "set"; readonly options: Readonly<Record<string, string>> }
    | { readonly kind: "failover" | "forceFailoverAllowDataLoss" };
}

export interface DropAvailabilityGroup {
  readonly kind: "dropAvailabilityGroup";
  readonly name: string;
}
