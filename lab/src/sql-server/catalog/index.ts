import { systemObjectId } from "../../tsql/functions/objects";
import type { ObjectName, Session, Table } from "../../tsql/host";
import { findByName, nameKey } from "../names";
import type { Server } from "../server";
import { type MajorVersion, supportsMultiDatabaseLink } from "../versions";
import { absentFeatures } from "./absent-features";
import {
  availabilityDatabasesCluster,
  availabilityGroupListeners,
  availabilityGroups,
  availabilityReplicas,
  hadrCluster,
  internalGroups,
  internalReplicas,
} from "./availability-groups";
import { certificates, symmetricKeys } from "./certificates";
import { languages, oldDatabases, oldLogins, oldObjects } from "./compatibility";
import {
  checkConstraints,
  defaultConstraints,
  foreignKeyColumns,
  foreignKeys,
  indexColumns,
  keyConstraints,
} from "./constraints";
import { databasePermissions, databasePrincipals, databaseRoleMembers, sqlLogins } from "./database-principals";
import { databaseReplicaStates } from "./database-states";
import { configurations, databaseEncryptionKeys, databaseRecoveryStatus, databases, hostInfo } from "./databases";
import { databaseMirroringEndpoints, endpoints, tcpEndpoints } from "./endpoints";
import { extendedProperties } from "./extended-properties";
import * as fabric from "./fabric";
import { databaseFiles, dataSpaces, fileGroups, logSpaceUsage, masterFiles } from "./files";
import * as clusterViews from "./hadr-cluster";
import { informationColumns } from "./information-columns";
import {
  constraintColumnUsage,
  constraintTableUsage,
  informationChecks,
  keyColumnUsage,
  referentialConstraints,
  tableConstraints,
} from "./information-constraints";
import { asymmetricKeys, credentials, keyEncryptions } from "./keys";
import { servers } from "./linked-servers";
import { tranLocks, waitingTasks } from "./locks";
import { oldSystemMessages, systemMessages } from "./messages";
import * as mirroring from "./mirroring";
import * as msdb from "./msdb";
import { partitionStats, partitions, statistics } from "./partitions";
import { serverPermissions, serverPrincipals, serverRoleMembers } from "./principals";
import { availabilityGroupStates, availabilityReplicaStates } from "./replica-states";
import { automaticSeeding, physicalSeedingStats } from "./seeding";
import * as state from "./server-state";
import { connections, processes, requests, sessions } from "./sessions";
import { systemObjectsView, systemViewsView } from "./system-objects";
import { tcpListenerStates } from "./tcp-listeners";
import {
  allColumns,
  columns,
  type DescribedView,
  dataTypes,
  identityColumns,
  informationSchemata,
  informationTables,
  systemColumns,
} from "./user-columns";
import { indexes, objects, schemas, tables, userObjects } from "./user-objects";
import type { View } from "./view";

/** Schema sys, visible in every database. */
const systemViews: Readonly<Record<string, View>> = {
  ...absentFeatures,
  all_columns: allColumns(describedViews),
  all_objects: systemObjectsView(systemViewNames, userObjects),
  all_views: systemViewsView(systemViewNames, userObjects),
  asymmetric_keys: asymmetricKeys,
  availability_databases_cluster: availabilityDatabasesCluster,
  availability_group_listener_ip_addresses: clusterViews.listenerAddresses,
  availability_group_listeners: availabilityGroupListeners,
  availability_groups: availabilityGroups,
  availability_groups_cluster: clusterViews.groupsCluster,
  availability_read_only_routing_lists: clusterViews.routingLists,
  availability_replicas: availabilityReplicas,
  certificates,
  check_constraints: checkConstraints,
  columns,
  configurations,
  credentials,
  data_spaces: dataSpaces,
  database_files: databaseFiles,
  database_mirroring: mirroring.databaseMirroring,
  database_mirroring_endpoints: databaseMirroringEndpoints,
  database_mirroring_witnesses: mirroring.mirroringWitnesses,
  database_permissions: databasePermissions,
  database_principals: databasePrincipals,
  database_recovery_status: databaseRecoveryStatus,
  database_role_members: databaseRoleMembers,
  databases,
  default_constraints: defaultConstraints,
  dm_database_encryption_keys: databaseEncryptionKeys,
  dm_db_log_space_usage: logSpaceUsage,
  dm_db_mirroring_connections: mirroring.mirroringConnections,
  dm_db_partition_stats: partitionStats,
  dm_exec_connections: connections,
  dm_exec_requests: requests,
  dm_exec_sessions: sessions,
  dm_hadr_auto_page_repair: clusterViews.autoPageRepair,
  dm_hadr_automatic_seeding: automaticSeeding,
  dm_hadr_availability_group_states: availabilityGroupStates,
  dm_hadr_availability_replica_cluster_nodes: clusterViews.replicaClusterNodes,
  dm_hadr_availability_replica_cluster_states: clusterViews.replicaClusterStates,
  dm_hadr_availability_replica_states: availabilityReplicaStates,
  dm_hadr_cluster: hadrCluster,
  dm_hadr_cluster_members: clusterViews.clusterMembers,
  dm_hadr_cluster_networks: clusterViews.clusterNetworks,
  dm_hadr_database_replica_cluster_states: clusterViews.databaseClusterStates,
  dm_hadr_database_replica_states: databaseReplicaStates,
  dm_hadr_instance_node_map: clusterViews.instanceNodeMap,
  dm_hadr_name_id_map: clusterViews.nameIdMap,
  dm_hadr_physical_seeding_stats: physicalSeedingStats,
  dm_os_host_info: hostInfo,
  dm_os_waiting_tasks: waitingTasks,
  dm_os_performance_counters: state.performanceCounters,
  dm_os_sys_info: state.systemInformation,
  dm_os_sys_memory: state.systemMemory,
  dm_os_wait_stats: state.waitStatistics,
  dm_os_windows_info: state.windowsInformation,
  dm_server_services: state.services,
  dm_tcp_listener_states: tcpListenerStates,
  dm_tran_locks: tranLocks,
  endpoints,
  extended_properties: extendedProperties,
  filegroups: fileGroups,
  foreign_key_columns: foreignKeyColumns,
  foreign_keys: foreignKeys,
  http_endpoints: mirroring.httpEndpoints,
  identity_columns: identityColumns,
  index_columns: indexColumns,
  indexes,
  key_constraints: keyConstraints,
  key_encryptions: keyEncryptions,
  master_files: masterFiles,
  messages: systemMessages,
  objects,
  partitions,
  schemas,
  server_permissions: serverPermissions,
  server_principals: serverPrincipals,
  server_role_members: serverRoleMembers,
  servers,
  service_broker_endpoints: mirroring.serviceBrokerEndpoints,
  sql_logins: sqlLogins,
  symmetric_keys: symmetricKeys,
  stats: statistics,
  sysmessages: oldSystemMessages,
  sysdatabases: oldDatabases,
  syslanguages: languages,
  syslogins: oldLogins,
  sysobjects: oldObjects,
  sysprocesses: processes,
  system_columns: systemColumns(describedViews),
  system_objects: systemObjectsView(systemViewNames),
  system_views: systemViewsView(systemViewNames),
  tables,
  tcp_endpoints: tcpEndpoints,
  types: dataTypes,
  via_endpoints: mirroring.viaEndpoints,
};

const informationSchema: Readonly<Record<string, View>> = {
  check_constraints: informationChecks,
  columns: informationColumns,
  constraint_column_usage: constraintColumnUsage,
  constraint_table_usage: constraintTableUsage,
  key_column_usage: keyColumnUsage,
  referential_constraints: referentialConstraints,
  schemata: informationSchemata,
  table_constraints: tableConstraints,
  tables: informationTables,
};

function describedViews(server: Server, session: Session): DescribedView[] {
  return Object.entries(systemViews).map(([name, view]) => ({
    id: systemObjectId(name),
    name,
    columns: view(server, session).columns,
  }));
}

export function systemViewNames(): string[] {
  return Object.keys(systemViews);
}

/** Found under dbo too, as they were in SQL Server 2000. */
const compatibilityViews: ReadonlySet<string> = new Set([
  "sysdatabases",
  "syslanguages",
  "syslogins",
  "sysmessages",
  "sysobjects",
  "sysprocesses",
]);

/** Schema dbo of msdb. */
const msdbTables: Readonly<Record<string, View>> = {
  backupfile: msdb.backupFile,
  backupmediafamily: msdb.backupMediaFamily,
  backupmediaset: msdb.backupMediaSet,
  backupset: msdb.backupSet,
  restorefile: msdb.restoreFile,
  restorehistory: msdb.restoreHistory,
  suspect_pages: msdb.suspectPages,
};

/** Only of a managed instance. */
const managedInstanceViews: Readonly<Record<string, View>> = {
  dm_hadr_fabric_config_parameters: fabric.fabricConfigParameters,
  dm_hadr_fabric_nodes: fabric.fabricNodes,
  dm_hadr_fabric_partitions: fabric.fabricPartitions,
  dm_hadr_fabric_replicas: fabric.fabricReplicas,
};

/** Only of builds that have links of several databases. */
const multiDatabaseViews: Readonly<Record<string, View>> = {
  dm_hadr_internal_availability_groups: internalGroups,
  dm_hadr_internal_availability_replicas: internalReplicas,
};

const newSince: Readonly<Record<string, MajorVersion>> = { dm_os_host_info: 2017 };

export function findTable(server: Server, { database, schema, name }: ObjectName, session: Session): Table | undefined {
  const databaseName = database || session.database;
  const found = findByName(server.instance.databases, databaseName);
  if (!found) return undefined;
  const inDatabase: Session = database ? { ...session, database: found.name } : session;
  const key = nameKey(name);
  const view = isSchema(schema, "sys")
    ? (ownEntry(systemViews, key) ?? ofItsKind(server, key))
    : isSchema(schema, "information_schema")
      ? ownEntry(informationSchema, key)
      : inMsdb(found.name, schema)
        ? ownEntry(msdbTables, key)
        : isSchema(schema ?? "dbo", "dbo") && compatibilityViews.has(key)
          ? ownEntry(systemViews, key)
          : undefined;
  if (!view || (newSince[key] ?? 0) > server.instance.majorVersion) return undefined;
  return view(server, inDatabase);
}

function ofItsKind({ instance }: Server, key: string): View | undefined {
  if (instance.kind === "managedInstance") return ownEntry(managedInstanceViews, key);
  return supportsMultiDatabaseLink(instance.version) ? ownEntry(multiDatabaseViews, key) : undefined;
}

function isSchema(schema: string | undefined, wanted: string): boolean {
  return nameKey(schema ?? "") === wanted;
}

function inMsdb(database: string, schema: string | undefined): boolean {
  return nameKey(database) === "msdb" && (!schema || isSchema(schema, "dbo"));
}

function ownEntry(views: Readonly<Record<string, View>>, key: string): View | undefined {
  return Object.hasOwn(views, key) ? views[key] : undefined;
}
