import { builtInEndpoints } from "../built-in-endpoints";
import type { MirroringEndpoint } from "../model";
import type { Server } from "../server";
import { definitions, type Row, serverState, type View, view } from "./view";

const states = { STARTED: 0, STOPPED: 1, DISABLED: 2 } as const;
const roles = { PARTNER: 1, WITNESS: 2, ALL: 3 } as const;

const authentications: Readonly<Record<string, number>> = {
  NTLM: 1,
  KERBEROS: 2,
  NEGOTIATE: 3,
  CERTIFICATE: 4,
  "NTLM, CERTIFICATE": 5,
  "KERBEROS, CERTIFICATE": 6,
  "NEGOTIATE, CERTIFICATE": 7,
  "CERTIFICATE, NTLM": 8,
  "CERTIFICATE, KERBEROS": 9,
  "CERTIFICATE, NEGOTIATE": 10,
};

const algorithms: Readonly<Record<string, number>> = {
  NONE: 0,
  RC4: 1,
  AES: 2,
  "NONE, RC4": 3,
  "NONE, AES": 4,
  "RC4, AES": 5,
  "AES, RC4": 6,
  "NONE, RC4, AES": 7,
  "NONE, AES, RC4": 8,
};

const endpointColumns = `name sysname NOT NULL, endpoint_id int NOT NULL, principal_id int = 1,
  protocol tinyint CODED, type tinyint CODED = 2 'TSQL', state tinyint CODED = 0 'STARTED', is_admin_endpoint bit NOT NULL`;
const securityColumns = `connection_auth tinyint CODED, certificate_id int NOT NULL,
  encryption_algorithm tinyint CODED`;

/** The endpoints that are there from the start. sys.tcp_endpoints shows port 0, as the configuration manager owns them. */
const builtIn = (): Row[] =>
  builtInEndpoints.map(({ name, id, protocol, protocolName, isAdmin }) => ({
    name,
    endpoint_id: id,
    protocol: [protocol, protocolName],
    is_admin_endpoint: Number(isAdmin),
  }));

const tcp = [2, "TCP"] as const;

function mirroringEndpoints({ instance: { mirroringEndpoint: endpoint } }: Server): Row[] {
  if (!endpoint) return [];
  const [authentication, algorithm] = [authenticationOf(endpoint), algorithmOf(endpoint)];
  return [
    {
      name: endpoint.name,
      endpoint_id: endpoint.id,
      principal_id: endpoint.ownerId,
      protocol: tcp,
      type: [4, "DATABASE_MIRRORING"],
      state: [states[endpoint.state], endpoint.state],
      port: endpoint.port,
      ip_address: endpoint.ip ?? null,
      role: [roles[endpoint.role], endpoint.role],
      is_encryption_enabled: Number(endpoint.encryption.mode !== "DISABLED"),
      connection_auth: [authentications[authentication] ?? 0, authentication],
      certificate_id: certificateIdOf(endpoint),
      encryption_algorithm: [algorithms[algorithm] ?? 0, algorithm],
    },
  ];
}

/** The ports that are really listened on: an endpoint whose port another process has (9692) has no row. */
function listeners({ instance, clock }: Server): Row[] {
  const { tdsPort, mirroringEndpoint: endpoint } = instance;
  // tempdb is made anew at each start.
  const start_time = instance.databases.get("tempdb")?.created ?? clock.now();
  const clients: Row = { listener_id: 1, port: tdsPort, type: 0, type_desc: "TSQL", start_time };
  if (endpoint?.state !== "STARTED" || !endpoint.isListening) return [clients];
  return [clients, { listener_id: 2, port: endpoint.port, type: 2, type_desc: "DATABASE_MIRRORING", start_time }];
}

export const endpointViews: readonly View[] = [
  view(
    "endpoints",
    endpointColumns,
    definitions((server) => [...builtIn(), ...mirroringEndpoints(server)]),
  ),
  view(
    "tcp_endpoints",
    `${endpointColumns}, port int NOT NULL, is_dynamic_port bit NOT NULL, ip_address nvarchar(45)`,
    definitions((server) => [
      ...builtIn().filter(({ protocol }) => Array.isArray(protocol) && protocol[0] === tcp[0]),
      ...mirroringEndpoints(server),
    ]),
  ),
  view(
    "database_mirroring_endpoints",
    `${endpointColumns}, role tinyint CODED, is_encryption_enabled bit NOT NULL, ${securityColumns}`,
    definitions(mirroringEndpoints),
  ),
  // The lab has no statement that makes any of these.
  view(
    "service_broker_endpoints",
    `${endpointColumns}, is_message_forwarding_enabled bit NOT NULL, message_forwarding_size int NOT NULL,
    ${securityColumns}`,
  ),
  view(
    "dm_tcp_listener_states",
    `listener_id int NOT NULL, ip_address nvarchar(48) NOT NULL = '0.0.0.0', is_ipv4 bit NOT NULL = 1,
    port int NOT NULL, type tinyint, type_desc nvarchar(20), state tinyint = 1, state_desc nvarchar(16) = 'ONLINE',
    start_time datetime NOT NULL`,
    serverState(listeners),
  ),
];

function authenticationOf({ authentication }: MirroringEndpoint): string {
  return authentication.map((method) => ("windows" in method ? method.windows : "CERTIFICATE")).join(", ");
}

function certificateIdOf({ authentication }: MirroringEndpoint): number {
  const bound = authentication.find((method) => "certificateId" in method);
  return bound && "certificateId" in bound ? bound.certificateId : 0;
}

function algorithmOf({ encryption: { mode, algorithms } }: MirroringEndpoint): string {
  if (mode === "DISABLED") return "NONE";
  return [...(mode === "SUPPORTED" ? ["NONE"] : []), ...algorithms].join(", ");
}
