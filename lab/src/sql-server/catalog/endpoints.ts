import { bit, int, nvarchar, sysname } from "../../tsql/types";
import { builtInEndpoints } from "../built-in-endpoints";
import type { MirroringEndpoint } from "../model";
import { seesDefinitions } from "../permissions";
import type { Server } from "../server";
import { type Coded, defineView, type Field, type Fields, fieldsOf, tinyint } from "./view";

interface EndpointRow {
  readonly name: string;
  readonly id: number;
  readonly ownerId: number;
  readonly protocol: Coded;
  readonly type: Coded;
  readonly state: Coded;
  readonly isAdmin: boolean;
  readonly port: number;
  readonly ip?: string;
}

interface MirroringRow extends EndpointRow {
  readonly endpoint: MirroringEndpoint;
}

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

const endpointFields = <Row extends EndpointRow>({ required, optional, coded }: Fields<Row>): Field<Row>[] => [
  required("name", sysname, (row) => row.name),
  required("endpoint_id", int, (row) => row.id),
  optional("principal_id", int, (row) => row.ownerId),
  ...coded("protocol", (row) => row.protocol),
  ...coded("type", (row) => row.type),
  ...coded("state", (row) => row.state),
  required("is_admin_endpoint", bit, (row) => Number(row.isAdmin)),
];

export const endpoints = defineView<EndpointRow>(
  (fields) => endpointFields(fields),
  (server, session) => (seesDefinitions(server, session) ? allEndpoints(server) : []),
);

export const tcpEndpoints = defineView<EndpointRow>(
  (fields) => [
    ...endpointFields(fields),
    fields.required("port", int, (row) => row.port),
    fields.required("is_dynamic_port", bit, 0),
    fields.optional("ip_address", nvarchar(45), (row) => row.ip ?? null),
  ],
  (server, session) =>
    seesDefinitions(server, session) ? allEndpoints(server).filter(({ protocol }) => protocol[0] === 2) : [],
);

export const databaseMirroringEndpoints = defineView<MirroringRow>(
  (fields) => {
    const { required, optional, coded } = fieldsOf<MirroringRow>();
    return [
      ...endpointFields(fields),
      ...coded("role", ({ endpoint: { role } }) => [roles[role], role]),
      required("is_encryption_enabled", bit, ({ endpoint }) => Number(endpoint.encryption.mode !== "DISABLED")),
      required("connection_auth", tinyint, ({ endpoint }) => authentications[authenticationOf(endpoint)] ?? 0),
      optional("connection_auth_desc", nvarchar(60), ({ endpoint }) => authenticationOf(endpoint)),
      required("certificate_id", int, ({ endpoint }) => certificateIdOf(endpoint)),
      required("encryption_algorithm", tinyint, ({ endpoint }) => algorithms[algorithmOf(endpoint)] ?? 0),
      optional("encryption_algorithm_desc", nvarchar(60), ({ endpoint }) => algorithmOf(endpoint)),
    ];
  },
  (server, session) => (seesDefinitions(server, session) ? mirroringRows(server) : []),
);

function allEndpoints(server: Server): EndpointRow[] {
  const builtIn = builtInEndpoints.map(
    ({ name, id, protocol, protocolName, isAdmin }): EndpointRow => ({
      name,
      id,
      ownerId: 1,
      protocol: [protocol, protocolName],
      type: [2, "TSQL"],
      state: [0, "STARTED"],
      isAdmin,
      // sys.tcp_endpoints shows 0 for the endpoints that the configuration manager owns.
      port: 0,
    }),
  );
  return [...builtIn, ...mirroringRows(server)];
}

function mirroringRows({ instance: { mirroringEndpoint: endpoint } }: Server): MirroringRow[] {
  if (!endpoint) return [];
  return [
    {
      name: endpoint.name,
      id: endpoint.id,
      ownerId: endpoint.ownerId,
      protocol: [2, "TCP"],
      type: [4, "DATABASE_MIRRORING"],
      state: [states[endpoint.state], endpoint.state],
      isAdmin: false,
      port: endpoint.port,
      ip: endpoint.ip,
      endpoint,
    },
  ];
}

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
