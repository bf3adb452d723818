import type { ObjectName, Session, Table } from "../../tsql/host";
import { findByName, nameKey } from "../names";
import type { Server } from "../server";
import type { MajorVersion } from "../versions";
import { requests, sessions, tranLocks, waitingTasks } from "./activity";
import {
  availabilityDatabasesCluster,
  availabilityGroupListeners,
  availabilityGroups,
  availabilityReplicas,
  hadrCluster,
} from "./availability-groups";
import { backupMediaFamily, backupSet } from "./backup-history";
import { certificates, symmetricKeys } from "./certificates";
import { databaseReplicaStates } from "./database-states";
import {
  configurations,
  databaseEncryptionKeys,
  databaseRecoveryStatus,
  databases,
  hostInfo,
  masterFiles,
} from "./databases";
import { databaseMirroringEndpoints, endpoints, tcpEndpoints } from "./endpoints";
import { serverPermissions, serverPrincipals, serverRoleMembers } from "./principals";
import { availabilityGroupStates, availabilityReplicaStates } from "./replica-states";
import { automaticSeeding, physicalSeedingStats } from "./seeding";
import { systemObjectsView } from "./system-objects";
import { tcpListenerStates } from "./tcp-listeners";
import {
  columns,
  dataTypes,
  identityColumns,
  informationColumns,
  informationSchemata,
  informationTables,
  sqlModules,
} from "./user-columns";
import {
  indexes,
  objects,
  partitions,
  procedures,
  schemas,
  tables,
  triggerEvents,
  triggers,
  views,
} from "./user-objects";
import { sequences, synonyms } from "./user-sequences";
import type { View } from "./view";

/** Schema sys, visible in every database. */
const systemViews: Readonly<Record<string, View>> = {
  all_objects: systemObjectsView(systemViewNames),
  availability_databases_cluster: availabilityDatabasesCluster,
  availability_group_listeners: availabilityGroupListeners,
  availability_groups: availabilityGroups,
  availability_replicas: availabilityReplicas,
  certificates,
  columns,
  configurations,
  database_mirroring_endpoints: databaseMirroringEndpoints,
  database_recovery_status: databaseRecoveryStatus,
  databases,
  dm_database_encryption_keys: databaseEncryptionKeys,
  dm_exec_requests: requests,
  dm_exec_sessions: sessions,
  dm_hadr_automatic_seeding: automaticSeeding,
  dm_hadr_availability_group_states: availabilityGroupStates,
  dm_hadr_availability_replica_states: availabilityReplicaStates,
  dm_hadr_cluster: hadrCluster,
  dm_hadr_database_replica_states: databaseReplicaStates,
  dm_hadr_physical_seeding_stats: physicalSeedingStats,
  dm_os_host_info: hostInfo,
  dm_os_waiting_tasks: waitingTasks,
  dm_tcp_listener_states: tcpListenerStates,
  dm_tran_locks: tranLocks,
  endpoints,
  identity_columns: identityColumns,
  indexes,
  master_files: masterFiles,
  objects,
  partitions,
  procedures,
  schemas,
  sequences,
  server_permissions: serverPermissions,
  server_principals: serverPrincipals,
  server_role_members: serverRoleMembers,
  sql_modules: sqlModules,
  symmetric_keys: symmetricKeys,
  synonyms,
  system_objects: systemObjectsView(systemViewNames),
  tables,
  tcp_endpoints: tcpEndpoints,
  trigger_events: triggerEvents,
  triggers,
  types: dataTypes,
  views,
};

const informationSchema: Readonly<Record<string, View>> = {
  columns: informationColumns,
  schemata: informationSchemata,
  tables: informationTables,
};

export function systemViewNames(): string[] {
  return Object.keys(systemViews);
}

const backupHistory: Readonly<Record<string, View>> = { backupset: backupSet, backupmediafamily: backupMediaFamily };

const newSince: Readonly<Record<string, MajorVersion>> = { dm_os_host_info: 2017 };

export function findTable(server: Server, { database, schema, name }: ObjectName, session: Session): Table | undefined {
  const databaseName = database || session.database;
  const found = findByName(server.instance.databases, databaseName);
  if (!found) return undefined;
  const inDatabase: Session = database ? { ...session, database: found.name } : session;
  const key = nameKey(name);
  const view = isSchema(schema, "sys")
    ? ownEntry(systemViews, key)
    : isSchema(schema, "information_schema")
      ? ownEntry(informationSchema, key)
      : inMsdb(found.name, schema)
        ? ownEntry(backupHistory, key)
        : undefined;
  if (!view || (newSince[key] ?? 0) > server.instance.majorVersion) return undefined;
  return view(server, inDatabase);
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
