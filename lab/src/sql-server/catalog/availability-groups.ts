import { createHash } from "node:crypto";
import { bit, int, nvarchar, sysname, varbinary } from "../../tsql/types";
import type { AvailabilityGroup, Instance, Replica } from "../model";
import { findByName, goesBy } from "../names";
import { seesDefinitions } from "../permissions";
import { bigint, type Coded, datetime, defineView, type Fields, guid, lsn, smallint, tinyint } from "./view";

const clusterTypes = { wsfc: 0, external: 1, none: 2 } as const;
const availabilityModes = { ASYNCHRONOUS_COMMIT: 0, SYNCHRONOUS_COMMIT: 1, CONFIGURATION_ONLY: 4 } as const;
const failoverModes = { AUTOMATIC: 0, MANUAL: 1, EXTERNAL: 2 } as const;
const primaryConnections = { ALL: 2, READ_WRITE: 3 } as const;
const secondaryConnections = { NO: 0, READ_ONLY: 1, ALL: 2 } as const;
const seedingModes = { AUTOMATIC: 0, MANUAL: 1 } as const;
const backupPreferences: Readonly<Record<string, number>> = { PRIMARY: 0, SECONDARY_ONLY: 1, SECONDARY: 2, NONE: 3 };

const isOn = ({ options }: AvailabilityGroup, option: string) =>
  Number(options.has(option) && options.get(option) !== "OFF" && options.get(option) !== "NONE");

function backupPreference({ options }: AvailabilityGroup): Coded {
  const name = options.get("AUTOMATED_BACKUP_PREFERENCE") ?? "SECONDARY";
  return [backupPreferences[name] ?? null, name];
}

const groupFields = ({ required, optional, coded, since }: Fields<AvailabilityGroup>) => [
  required("group_id", guid, (group) => group.id),
  optional("name", sysname, (group) => group.name),
  // Without a cluster the group is a resource of nobody; the engine shows its id all the same.
  optional("resource_id", nvarchar(40), (group) => group.id.toLowerCase()),
  optional("resource_group_id", nvarchar(40), null),
  optional("failure_condition_level", int, (group) =>
    group.isDistributed ? null : Number(group.options.get("FAILURE_CONDITION_LEVEL") ?? 3),
  ),
  optional("health_check_timeout", int, (group) =>
    group.isDistributed ? null : Number(group.options.get("HEALTH_CHECK_TIMEOUT") ?? 30000),
  ),
  ...coded("automated_backup_preference", backupPreference),
  optional("version", smallint, 0),
  optional("basic_features", bit, (group) => isOn(group, "BASIC")),
  optional("dtc_support", bit, (group) => isOn(group, "DTC_SUPPORT")),
  optional("db_failover", bit, (group) => isOn(group, "DB_FAILOVER")),
  optional("is_distributed", bit, (group) => Number(group.isDistributed)),
  ...since(
    2017,
    ...coded("cluster_type", ({ clusterType }) => [clusterTypes[clusterType], clusterType]),
    optional("required_synchronized_secondaries_to_commit", int, (group) =>
      Number(group.options.get("REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT") ?? 0),
    ),
    optional("sequence_number", bigint, 0n),
  ),
  ...since(
    2022,
    optional("is_contained", bit, (group) => isOn(group, "CONTAINED")),
  ),
];

export const availabilityGroups = defineView<AvailabilityGroup>(groupFields, (server, session) =>
  seesDefinitions(server, session) ? server.instance.groups.values() : [],
);

export const internalGroups = defineView<AvailabilityGroup>(groupFields, (server, session) =>
  seesDefinitions(server, session) ? groupsOfDatabases(server.instance) : [],
);

interface ReplicaRow {
  readonly group: AvailabilityGroup;
  readonly replica: Replica;
  readonly metadataId: number | null;
}

const replicaFields = ({ optional, coded, since }: Fields<ReplicaRow>) => [
  optional("replica_id", guid, ({ replica }) => replica.id),
  optional("group_id", guid, ({ group }) => group.id),
  optional("replica_metadata_id", int, ({ metadataId }) => metadataId),
  optional("replica_server_name", nvarchar(256), ({ replica }) => replica.name),
  optional("owner_sid", varbinary(85), ({ metadataId }) => (metadataId === null ? null : Buffer.from([1]))),
  optional("endpoint_url", nvarchar(256), ({ replica }) => replica.url),
  ...coded("availability_mode", ({ replica: { availabilityMode } }) => [
    availabilityModes[availabilityMode],
    availabilityMode,
  ]),
  ...coded("failover_mode", ({ replica: { failoverMode } }) => [failoverModes[failoverMode], failoverMode]),
  optional("session_timeout", int, ({ replica }) => replica.sessionTimeout),
  ...coded("primary_role_allow_connections", ({ replica: { primaryAllowConnections } }) => [
    primaryConnections[primaryAllowConnections],
    primaryAllowConnections,
  ]),
  ...coded("secondary_role_allow_connections", ({ replica: { secondaryAllowConnections } }) => [
    secondaryConnections[secondaryAllowConnections],
    secondaryAllowConnections,
  ]),
  optional("create_date", datetime, ({ replica }) => replica.created),
  optional("modify_date", datetime, ({ replica }) => replica.modified),
  optional("backup_priority", int, ({ replica }) => replica.backupPriority),
  optional("read_only_routing_url", nvarchar(256), null),
  ...coded("seeding_mode", ({ replica: { seedingMode } }) => [seedingModes[seedingMode], seedingMode]),
  ...since(2019, optional("read_write_routing_url", nvarchar(256), null)),
];

export const availabilityReplicas = defineView<ReplicaRow>(replicaFields, (server, session) =>
  seesDefinitions(server, session) ? replicaRows(server.instance.groups.values(), server.instance) : [],
);

export const internalReplicas = defineView<ReplicaRow>(replicaFields, (server, session) =>
  seesDefinitions(server, session) ? replicaRows(groupsOfDatabases(server.instance), server.instance) : [],
);

/** Of a link of several databases: each is replicated by a distributed group of its own, which no other view shows. */
function groupsOfDatabases({ groups, isMultiDatabaseLinkEnabled }: Instance): AvailabilityGroup[] {
  if (!isMultiDatabaseLinkEnabled) return [];
  return [...groups.values()]
    .filter(({ isDistributed }) => isDistributed)
    .flatMap((distributed) => {
      const local = distributed.replicas.map(({ name }) => findByName(groups, name)).find((group) => group);
      return [...(local?.databases ?? [])].map((database) => ({
        ...distributed,
        id: derivedGuid(distributed.id, database),
        name: `${distributed.name}_${database}`,
        replicas: distributed.replicas.map((replica) => ({ ...replica, id: derivedGuid(replica.id, database) })),
      }));
    });
}

/** The same each time, and of nothing else. */
function derivedGuid(id: string, database: string): string {
  const digits = createHash("sha256").update(`${id} ${database}`).digest("hex").toUpperCase();
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join("-");
}

function* replicaRows(groups: Iterable<AvailabilityGroup>, instance: Instance): Iterable<ReplicaRow> {
  let metadataId = 65536;
  for (const group of groups) {
    for (const replica of group.replicas) {
      const isLocal = !group.isDistributed && goesBy(instance, replica.name);
      yield { group, replica, metadataId: isLocal ? metadataId++ : null };
    }
  }
}

interface MemberRow {
  readonly group: AvailabilityGroup;
  readonly id: string | null;
  readonly name: string;
}

export const availabilityDatabasesCluster = defineView<MemberRow>(
  ({ required, optional }) => [
    required("group_id", guid, ({ group }) => group.id),
    required("group_database_id", guid, ({ id }) => id),
    optional("database_name", sysname, ({ name }) => name),
    optional("truncation_lsn", lsn, null),
  ],
  (server, session) => {
    const { groups, databases } = server.instance;
    if (!seesDefinitions(server, session)) return [];
    return [...groups.values()].flatMap((group) =>
      [...group.databases].map((key) => {
        const database = findByName(databases, key);
        return { group, id: database?.groupDatabaseId ?? null, name: database?.name ?? key };
      }),
    );
  },
);

/** The lab's groups have no listeners: a link uses the mirroring endpoints. */
export const availabilityGroupListeners = defineView<never>(
  ({ optional, since }) => [
    optional("group_id", guid, null),
    optional("listener_id", nvarchar(36), null),
    optional("dns_name", nvarchar(63), null),
    optional("port", int, null),
    optional("is_conformant", bit, null),
    optional("ip_configuration_string_from_cluster", nvarchar("max"), null),
    ...since(2019, optional("is_distributed_network_name", bit, null)),
  ],
  () => [],
);

/** One row on 2016, where a group needs a cluster; none where there is none. */
export const hadrCluster = defineView<string>(
  ({ required, optional }) => [
    required("cluster_name", nvarchar(128), (name) => name),
    required("quorum_type", tinyint, 0),
    optional("quorum_type_desc", { name: "varchar", length: 50 }, "NODE_MAJORITY"),
    required("quorum_state", tinyint, 1),
    optional("quorum_state_desc", { name: "varchar", length: 50 }, "NORMAL_QUORUM"),
  ],
  ({ instance }) => (instance.majorVersion === 2016 ? [`${instance.name}-cluster`] : []),
);
