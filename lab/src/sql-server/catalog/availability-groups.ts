import { createHash } from "node:crypto";
import type { Wanted } from "../../tsql/host";
import type { AvailabilityGroup, Instance, Replica } from "../model";
import { findByName, goesBy, nameKey } from "../names";
import { supportsMultiDatabaseLink } from "../versions";
import { type Coded, definitions, named, type Row, serverState, type View, view } from "./view";

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

/** The groups that a row can be about: one, if it is asked for by its name or its id. */
export function groupsIn({ groups }: Instance, wanted?: Wanted): AvailabilityGroup[] {
  const id = wanted?.get("group_id");
  if (typeof id !== "string") return named(groups, wanted?.get("name"));
  const upper = id.toUpperCase();
  return [...groups.values()].filter((group) => group.id === upper);
}

/** Adds the groups that know how the databases of these are: the local ones under distributed ones, and the other way around. */
export function groupsAround({ groups }: Instance, asked: readonly AvailabilityGroup[]): AvailabilityGroup[] {
  const local = new Set(asked.flatMap(localNames));
  if (asked.every(({ isDistributed }) => isDistributed))
    return [...asked, ...[...local].flatMap((name) => groups.get(name) ?? [])];
  return [...groups.values()].filter((group) => localNames(group).some((name) => local.has(name)));
}

const localNames = ({ isDistributed, name, replicas }: AvailabilityGroup): string[] =>
  isDistributed ? replicas.map((replica) => nameKey(replica.name)) : [nameKey(name)];

const groupColumns = `group_id uniqueidentifier NOT NULL, name sysname, resource_id nvarchar(40),
  resource_group_id nvarchar(40), failure_condition_level int, health_check_timeout int,
  automated_backup_preference tinyint CODED, version smallint = 0, basic_features bit, dtc_support bit, db_failover bit,
  is_distributed bit, cluster_type tinyint CODED SINCE 2017,
  required_synchronized_secondaries_to_commit int SINCE 2017, sequence_number bigint SINCE 2017,
  is_contained bit SINCE 2022`;

function groupRow(group: AvailabilityGroup): Row {
  const { id, name, isDistributed, clusterType, options } = group;
  return {
    group_id: id,
    name,
    // There is no cluster whose resource the group could be, but the engine shows its id all the same.
    resource_id: id.toLowerCase(),
    failure_condition_level: isDistributed ? null : Number(options.get("FAILURE_CONDITION_LEVEL") ?? 3),
    health_check_timeout: isDistributed ? null : Number(options.get("HEALTH_CHECK_TIMEOUT") ?? 30000),
    automated_backup_preference: backupPreference(group),
    basic_features: isOn(group, "BASIC"),
    dtc_support: isOn(group, "DTC_SUPPORT"),
    db_failover: isOn(group, "DB_FAILOVER"),
    is_distributed: Number(isDistributed),
    cluster_type: [clusterTypes[clusterType], clusterType],
    required_synchronized_secondaries_to_commit: Number(
      options.get("REQUIRED_SYNCHRONIZED_SECONDARIES_TO_COMMIT") ?? 0,
    ),
    sequence_number: 0n,
    is_contained: isOn(group, "CONTAINED"),
  };
}

const replicaColumns = `replica_id uniqueidentifier, group_id uniqueidentifier, replica_metadata_id int,
  replica_server_name nvarchar(256), owner_sid varbinary(85), endpoint_url nvarchar(256),
  availability_mode tinyint CODED, failover_mode tinyint CODED, session_timeout int,
  primary_role_allow_connections tinyint CODED, secondary_role_allow_connections tinyint CODED, create_date datetime,
  modify_date datetime, backup_priority int, read_only_routing_url nvarchar(256), seeding_mode tinyint CODED,
  read_write_routing_url nvarchar(256) SINCE 2019`;

function replicaRow(group: AvailabilityGroup, replica: Replica, metadataId: number | null): Row {
  const { availabilityMode, failoverMode, seedingMode, primaryAllowConnections, secondaryAllowConnections } = replica;
  return {
    replica_id: replica.id,
    group_id: group.id,
    replica_metadata_id: metadataId,
    replica_server_name: replica.name,
    owner_sid: metadataId === null ? null : Buffer.from([1]),
    endpoint_url: replica.url,
    availability_mode: [availabilityModes[availabilityMode], availabilityMode],
    failover_mode: [failoverModes[failoverMode], failoverMode],
    session_timeout: replica.sessionTimeout,
    primary_role_allow_connections: [primaryConnections[primaryAllowConnections], primaryAllowConnections],
    secondary_role_allow_connections: [secondaryConnections[secondaryAllowConnections], secondaryAllowConnections],
    create_date: replica.created,
    modify_date: replica.modified,
    backup_priority: replica.backupPriority,
    seeding_mode: [seedingModes[seedingMode], seedingMode],
  };
}

function* replicaRows(groups: Iterable<AvailabilityGroup>, instance: Instance): Iterable<Row> {
  const all = [...instance.groups.values()];
  for (const group of groups) {
    for (const replica of group.replicas) {
      const isLocal = !group.isDistributed && goesBy(instance, replica.name);
      yield replicaRow(group, replica, isLocal ? 65536 + all.indexOf(group) : null);
    }
  }
}

/**
 * The groups that a link of several databases has inside: each database is replicated by a distributed group of its
 * own, which no other view shows.
 */
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

/** The guid is the same each time, and that of nothing else. */
function derivedGuid(id: string, database: string): string {
  const digits = createHash("sha256").update(`${id} ${database}`).digest("hex").toUpperCase();
  return [0, 8, 12, 16, 20].map((from, at, all) => digits.slice(from, all[at + 1] ?? 32)).join("-");
}

/** Only builds with links of several databases have these views. */
const hasInternalGroups = ({ kind, version }: Instance) => kind === "sqlServer" && supportsMultiDatabaseLink(version);

export const availabilityGroupViews: readonly View[] = [
  view(
    "availability_groups",
    groupColumns,
    definitions(({ instance }, _session, wanted) => groupsIn(instance, wanted).map(groupRow)),
  ),
  view(
    "availability_replicas",
    replicaColumns,
    definitions(({ instance }, _session, wanted) => replicaRows(groupsIn(instance, wanted), instance)),
  ),
  view(
    "dm_hadr_internal_availability_groups",
    groupColumns,
    definitions(({ instance }) => groupsOfDatabases(instance).map(groupRow)),
    hasInternalGroups,
  ),
  view(
    "dm_hadr_internal_availability_replicas",
    replicaColumns,
    definitions(({ instance }) => replicaRows(groupsOfDatabases(instance), instance)),
    hasInternalGroups,
  ),

  view(
    "availability_databases_cluster",
    `group_id uniqueidentifier NOT NULL, group_database_id uniqueidentifier NOT NULL, database_name sysname,
    truncation_lsn numeric(25, 0)`,
    definitions(({ instance: { groups, databases } }) =>
      [...groups.values()].flatMap((group) =>
        [...group.databases].map((key) => {
          const database = databases.get(key);
          const id = database?.groupDatabaseId ?? null;
          return { group_id: group.id, group_database_id: id, database_name: database?.name ?? key };
        }),
      ),
    ),
  ),

  // The lab's groups have no listeners: a link uses the mirroring endpoints.
  view(
    "availability_group_listeners",
    `group_id uniqueidentifier, listener_id nvarchar(36), dns_name nvarchar(63), port int, is_conformant bit,
    ip_configuration_string_from_cluster nvarchar(max), is_distributed_network_name bit SINCE 2019`,
  ),

  // 2016 has one row, because its groups need a cluster; later versions of the lab have no cluster.
  view(
    "dm_hadr_cluster",
    `cluster_name nvarchar(128) NOT NULL, quorum_type tinyint NOT NULL, quorum_type_desc varchar(50),
    quorum_state tinyint NOT NULL, quorum_state_desc varchar(50)`,
    ({ instance }) =>
      instance.majorVersion === 2016
        ? [
            {
              cluster_name: `${instance.name}-cluster`,
              quorum_type_desc: "NODE_MAJORITY",
              quorum_state: 1,
              quorum_state_desc: "NORMAL_QUORUM",
            },
          ]
        : [],
  ),

  view(
    "dm_hadr_database_replica_cluster_states",
    `replica_id uniqueidentifier NOT NULL, group_database_id uniqueidentifier NOT NULL, database_name nvarchar(128),
    is_failover_ready bit NOT NULL, is_pending_secondary_suspend bit, is_database_joined bit,
    recovery_lsn numeric(25, 0), truncation_lsn numeric(25, 0)`,
    serverState(({ instance }) =>
      [...instance.databases.values()].flatMap((database) =>
        database.groupDatabaseId
          ? {
              replica_id: database.replicaId ?? null,
              group_database_id: database.groupDatabaseId,
              database_name: database.name,
              is_failover_ready: Number(!database.isSuspended),
              is_database_joined: 1,
              truncation_lsn: database.lastLogBackupLsn ?? null,
            }
          : [],
      ),
    ),
  ),
];
