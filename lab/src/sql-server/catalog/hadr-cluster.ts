import { requireServerState, seesDefinitions } from "../permissions";
import type { Server } from "../server";
import { type DeclaredRow, declareView } from "./declare";
import { isLocalReplica } from "./replica-states";

/** What the cluster underneath knows. Only 2016 has one, of a single node; the views are there in every version. */
const nodeOf = ({ instance }: Server): string => instance.name.split("\\")[0] ?? instance.name;
const hasCluster = ({ instance }: Server): boolean => instance.majorVersion === 2016;

export const clusterMembers = declareView(
  `member_name nvarchar(128) NOT NULL, member_type tinyint NOT NULL, member_type_desc nvarchar(50) NOT NULL,
  member_state tinyint NOT NULL, member_state_desc nvarchar(60), number_of_quorum_votes int NOT NULL`,
  (server, session) => {
    requireServerState(server, session);
    if (!hasCluster(server)) return [];
    const up = { member_state: 1, member_state_desc: "UP", number_of_quorum_votes: 1 };
    return [{ member_name: nodeOf(server), member_type: 0, member_type_desc: "CLUSTER_NODE", ...up }];
  },
);

export const clusterNetworks = declareView(
  `member_name nvarchar(128) NOT NULL, network_subnet_ip nvarchar(48) NOT NULL, network_subnet_ipv4_mask nvarchar(45),
  network_subnet_prefix_length int, is_public bit NOT NULL, is_ipv4 bit NOT NULL`,
  (server, session) => {
    requireServerState(server, session);
    if (!hasCluster(server)) return [];
    const subnet = {
      network_subnet_ip: "127.0.0.0",
      network_subnet_ipv4_mask: "255.0.0.0",
      network_subnet_prefix_length: 8,
    };
    return [{ member_name: nodeOf(server), ...subnet, is_public: 1, is_ipv4: 1 }];
  },
);

export const instanceNodeMap = declareView(
  "ag_resource_id nvarchar(256), instance_name nvarchar(256), node_name nvarchar(256)",
  (server, session) => {
    requireServerState(server, session);
    if (!hasCluster(server)) return [];
    return [...server.instance.groups.values()]
      .filter(({ isDistributed }) => !isDistributed)
      .map(({ id }) => ({
        ag_resource_id: id.toLowerCase(),
        instance_name: server.instance.name,
        node_name: nodeOf(server),
      }));
  },
);

export const nameIdMap = declareView(
  "ag_name nvarchar(256), ag_id uniqueidentifier, ag_resource_id nvarchar(256), ag_group_id nvarchar(256)",
  (server, session) => {
    requireServerState(server, session);
    return [...server.instance.groups.values()].map(({ name, id }) => ({
      ag_name: name,
      ag_id: id,
      ag_resource_id: id.toLowerCase(),
      ag_group_id: id.toLowerCase(),
    }));
  },
);

/** Every replica of every group, as the cluster or the metadata of the group has it. */
function replicas(server: Server): DeclaredRow[] {
  return [...server.instance.groups.values()].flatMap((group) =>
    group.replicas.map((replica) => ({
      group_id: group.id,
      group_name: group.name,
      replica_id: replica.id,
      replica_server_name: replica.name,
      node_name: group.isDistributed ? null : nodeOf(server),
      join_state: group.isDistributed ? 0 : 1,
      join_state_desc: group.isDistributed ? "NOT_JOINED" : "JOINED_STANDALONE",
    })),
  );
}

export const replicaClusterNodes = declareView(
  "group_name nvarchar(256), replica_server_name nvarchar(256), node_name nvarchar(256)",
  (server, session) => {
    requireServerState(server, session);
    return hasCluster(server) ? replicas(server) : [];
  },
);

export const replicaClusterStates = declareView(
  `replica_id uniqueidentifier, replica_server_name nvarchar(256), group_id uniqueidentifier, join_state tinyint,
  join_state_desc nvarchar(60)`,
  (server, session) => {
    requireServerState(server, session);
    return replicas(server);
  },
);

export const databaseClusterStates = declareView(
  `replica_id uniqueidentifier NOT NULL, group_database_id uniqueidentifier NOT NULL, database_name nvarchar(128),
  is_failover_ready bit NOT NULL, is_pending_secondary_suspend bit, is_database_joined bit, recovery_lsn numeric(25, 0),
  truncation_lsn numeric(25, 0)`,
  (server, session) => {
    requireServerState(server, session);
    return databasesOf(server).map((row) => ({ ...row, is_failover_ready: 1, is_database_joined: 1 }));
  },
);

function databasesOf(server: Server): DeclaredRow[] {
  return [...server.instance.groups.values()].flatMap((group) => {
    const local = group.replicas.find((replica) => isLocalReplica(server, group, replica));
    return [...group.databases].flatMap((key) => {
      const database = server.instance.databases.get(key);
      if (!database || !local) return [];
      return [
        {
          replica_id: local.id,
          group_database_id: database.groupDatabaseId ?? null,
          database_name: database.name,
          truncation_lsn: database.lastLogBackupLsn ?? null,
        },
      ];
    });
  });
}

/** No page of the lab is ever damaged. */
export const autoPageRepair = declareView(
  `database_id int NOT NULL, file_id int NOT NULL, page_id bigint NOT NULL, error_type int NOT NULL,
  page_status tinyint NOT NULL, modification_time datetime NOT NULL`,
  (server, session) => {
    requireServerState(server, session);
    return [];
  },
);

export const groupsCluster = declareView(
  `group_id uniqueidentifier NOT NULL, name nvarchar(128), resource_id nvarchar(40), resource_group_id nvarchar(40),
  failure_condition_level int, health_check_timeout int, automated_backup_preference tinyint,
  automated_backup_preference_desc nvarchar(60), version smallint, basic_features bit, dtc_support bit, db_failover bit,
  is_distributed bit, cluster_type tinyint SINCE 2017, cluster_type_desc nvarchar(60) SINCE 2017,
  required_synchronized_secondaries_to_commit int SINCE 2017, sequence_number bigint SINCE 2017, is_contained bit SINCE 2022`,
  (server, session) =>
    hasCluster(server) && seesDefinitions(server, session)
      ? [...server.instance.groups.values()].map(({ id, name, isDistributed }) => ({
          group_id: id,
          name,
          resource_id: id.toLowerCase(),
          failure_condition_level: isDistributed ? null : 3,
          health_check_timeout: isDistributed ? null : 30000,
          automated_backup_preference: 2,
          automated_backup_preference_desc: "SECONDARY",
          version: 0,
          is_distributed: Number(isDistributed),
        }))
      : [],
);

/** Groups of the lab have no listeners and route nobody. */
export const listenerAddresses = declareView(
  `listener_id nvarchar(36), ip_address nvarchar(48), ip_subnet_mask nvarchar(15), is_dhcp bit,
  network_subnet_ip nvarchar(48), network_subnet_prefix_length int, network_subnet_ipv4_mask nvarchar(45), state tinyint,
  state_desc nvarchar(60)`,
);
export const routingLists = declareView(
  "replica_id uniqueidentifier NOT NULL, routing_priority int NOT NULL, read_only_replica_id uniqueidentifier NOT NULL",
);
