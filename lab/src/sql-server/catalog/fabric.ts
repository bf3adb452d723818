import type { Instance } from "../model";
import type { Server } from "../server";
import { type Row, type Rows, serverState, type View, view } from "./view";

/** The views that only a managed instance has: the cluster that Azure runs it in, as the link's network test asks for it. */
const zoneOf = (instance: Instance): string => instance.fqdn?.split(".").slice(1).join(".") ?? "";
const clusterOf = (instance: Instance): string =>
  `tr${zoneOf(instance).slice(0, 6)}.westeurope.worker.${zoneOf(instance).split(".").slice(1).join(".")}`;
const node = "DB0";
/** The name and the port to which partners are redirected. */
export const nodeOf = (instance: Instance): string => `${node}.${clusterOf(instance)}`;
export const hadrPort = 11002;
const partition = "00000000-0000-0000-0000-000000000001";
const application = ({ instance }: Server): string => instance.name.toLowerCase();

function configuration(server: Server): Row[] {
  const parameters: readonly (readonly [string, string, string])[] = [
    ["SQL", "InstanceName", application(server)],
    ["SQL", "DnsRecordName", server.instance.fqdn ?? server.instance.name],
    ["SQL", "HadrPort", String(hadrPort)],
    ["FabricConfig", "ClusterName", clusterOf(server.instance)],
  ];
  return parameters.map(([section, name, value]) => ({ section_name: section, parameter_name: name, value }));
}

const isManaged = ({ kind }: Instance) => kind === "managedInstance";
const fabricView = (name: string, columns: string, rows: Rows): View =>
  view(name, columns, serverState(rows), isManaged);

export const fabricViews: readonly View[] = [
  fabricView(
    "dm_hadr_fabric_config_parameters",
    "section_name nvarchar(255), parameter_name nvarchar(255), value nvarchar(4000)",
    configuration,
  ),
  fabricView(
    "dm_hadr_fabric_partitions",
    `partition_id uniqueidentifier NOT NULL, service_name nvarchar(512), service_type_name nvarchar(512),
    service_kind int CODED, target_replica_set_size int = 1, minimum_replica_set_size int = 1, partition_status int CODED`,
    (server) => [
      {
        partition_id: partition,
        service_name: `fabric:/Worker.CL/ManagedServer/${application(server)}`,
        service_type_name: "SQL.ManagedServer",
        service_kind: [2, "STATEFUL"],
        partition_status: [1, "READY"],
      },
    ],
  ),
  fabricView(
    "dm_hadr_fabric_replicas",
    `partition_id uniqueidentifier NOT NULL, replica_id bigint NOT NULL, replica_address nvarchar(512),
    replica_role int CODED, replica_status int CODED, node_name nvarchar(255)`,
    (server) => [
      {
        partition_id: partition,
        replica_id: 1n,
        replica_address: `${node}\\${application(server)}`,
        replica_role: [2, "PRIMARY"],
        replica_status: [4, "READY"],
        node_name: node,
      },
    ],
  ),
  fabricView(
    "dm_hadr_fabric_nodes",
    `node_name nvarchar(255) NOT NULL, node_id nvarchar(255), ip_address_or_fqdn nvarchar(255), node_type nvarchar(255),
    code_version nvarchar(255), config_version nvarchar(255), node_status int CODED = 1 'UP',
    health_state int CODED = 1 'OK', fault_domain nvarchar(255), upgrade_domain nvarchar(255)`,
    ({ instance }) => [{ node_name: node, ip_address_or_fqdn: instance.address, node_type: "DB" }],
  ),
];
