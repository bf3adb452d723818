import { requireServerState } from "../permissions";
import type { Server } from "../server";
import { type DeclaredRow, declareView } from "./declare";

/** What only a managed instance has: the cluster that Azure runs it in, as the network test of the link asks for it. */
const zoneOf = ({ instance }: Server): string => instance.fqdn?.split(".").slice(1).join(".") ?? "";
const clusterOf = (server: Server): string =>
  `tr${zoneOf(server).slice(0, 6)}.westeurope.worker.${zoneOf(server).split(".").slice(1).join(".")}`;
const node = "DB0";
const partition = "00000000-0000-0000-0000-000000000001";
const application = ({ instance }: Server): string => instance.name.toLowerCase();

function configuration(server: Server): DeclaredRow[] {
  const parameters: readonly (readonly [string, string, string])[] = [
    ["SQL", "InstanceName", application(server)],
    ["SQL", "DnsRecordName", server.instance.fqdn ?? server.instance.name],
    ["SQL", "HadrPort", "11002"],
    ["FabricConfig", "ClusterName", clusterOf(server)],
  ];
  return parameters.map(([section, name, value]) => ({ section_name: section, parameter_name: name, value }));
}

export const fabricConfigParameters = declareView(
  "section_name nvarchar(255), parameter_name nvarchar(255), value nvarchar(4000)",
  (server, session) => {
    requireServerState(server, session);
    return configuration(server);
  },
);

export const fabricPartitions = declareView(
  `partition_id uniqueidentifier NOT NULL, service_name nvarchar(512), service_type_name nvarchar(512),
  service_kind int, service_kind_desc nvarchar(60), target_replica_set_size int, minimum_replica_set_size int,
  partition_status int, partition_status_desc nvarchar(60)`,
  (server, session) => {
    requireServerState(server, session);
    return [
      {
        partition_id: partition,
        service_name: `fabric:/Worker.CL/ManagedServer/${application(server)}`,
        service_type_name: "SQL.ManagedServer",
        service_kind: 2,
        service_kind_desc: "STATEFUL",
        target_replica_set_size: 1,
        minimum_replica_set_size: 1,
        partition_status: 1,
        partition_status_desc: "READY",
      },
    ];
  },
);

export const fabricReplicas = declareView(
  `partition_id uniqueidentifier NOT NULL, replica_id bigint NOT NULL, replica_address nvarchar(512),
  replica_role int, replica_role_desc nvarchar(60), replica_status int, replica_status_desc nvarchar(60),
  node_name nvarchar(255)`,
  (server, session) => {
    requireServerState(server, session);
    return [
      {
        partition_id: partition,
        replica_id: 1n,
        replica_address: `${node}\\${application(server)}`,
        replica_role: 2,
        replica_role_desc: "PRIMARY",
        replica_status: 4,
        replica_status_desc: "READY",
        node_name: node,
      },
    ];
  },
);

export const fabricNodes = declareView(
  `node_name nvarchar(255) NOT NULL, node_id nvarchar(255), ip_address_or_fqdn nvarchar(255), node_type nvarchar(255),
  code_version nvarchar(255), config_version nvarchar(255), node_status int, node_status_desc nvarchar(60),
  health_state int, health_state_desc nvarchar(60), fault_domain nvarchar(255), upgrade_domain nvarchar(255)`,
  (server, session) => {
    requireServerState(server, session);
    const health = { node_status: 1, node_status_desc: "UP", health_state: 1, health_state_desc: "OK" };
    return [{ node_name: node, ip_address_or_fqdn: server.instance.address, node_type: "DB", ...health }];
  },
);
