import type { Lifecycle } from "../../dynamic/lifecycle";
import { recorded } from "../../dynamic/recorded";
import type { Sql } from "../connection";
import { sameName, sysname } from "../names";
import { alreadyExists, vanished } from "../outcome";
import { sql } from "../query";
import { type SqlServer, sqlServerProperty } from "../server";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly certificateName: string;
  readonly endpointName: string;
  readonly port: number;
  readonly state: "STARTED" | "STOPPED";
}
interface State extends Inputs {
  readonly instanceId: string;
}

export const mirroringEndpoint: Lifecycle<Inputs, State> = {
  properties: {
    sqlServer: sqlServerProperty,
    certificateName: sysname("update"),
    endpointName: { ...sysname("replace"), default: "database_mirroring_endpoint" },
    port: {
      type: "number",
      default: 5022,
      onChange: "update",
      check: (port) => (Number.isInteger(port) && port >= 1024 && port <= 32767 ? undefined : "must be a whole number from 1024 to 32767"),
    },
    state: {
      type: "string",
      default: "STARTED",
      onChange: "update",
      check: (state) => (state === "STARTED" || state === "STOPPED" ? undefined : 'must be "STARTED" or "STOPPED"'),
    },
  },
  // CREATE ENDPOINT answers 7862 while the old one is there.
  deleteBeforeReplace: true,

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const endpoint = await findEndpoint(server);
    if (!endpoint || !sameName(endpoint.name, state.endpointName)) return undefined;
    return { state: { ...state, ...asState(endpoint, state) }, drift: unfitness(endpoint) };
  },

  async create(inputs, context) {
    const server = await context.sql(inputs.sqlServer);
    const existing = await findEndpoint(server);
    if (existing) {
      throw alreadyExists(
        server,
        `create the mirroring endpoint ${inputs.endpointName}`,
        `the endpoint ${existing.name} exists already: port ${existing.port}, ${existing.state_desc}, ${existing.connection_auth_desc}`,
        "an instance can have only one endpoint of the type DATABASE_MIRRORING, and this one was not made by this stack.",
        `if nothing uses it, drop it: ${sql`DROP ENDPOINT ${sql.name(existing.name)}`.text}`,
        7862,
      );
    }
    await server.change(
      `create the mirroring endpoint ${inputs.endpointName}`,
      sql`CREATE ENDPOINT ${sql.name(inputs.endpointName)} ${definition(inputs)}`,
      async () => (await findEndpoint(server)) !== undefined,
    );
    const known = { ...inputs, instanceId: server.instance.id };
    return await recorded(`${server.instance.id}/${inputs.endpointName}`, known, () => settled(server, inputs));
  },

  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    await server.change(`alter the mirroring endpoint ${inputs.endpointName}`, sql`ALTER ENDPOINT ${sql.name(inputs.endpointName)} ${definition(inputs)}`, async () => false);
    return await settled(server, inputs);
  },

  async delete(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const endpoint = await findEndpoint(server);
    if (!endpoint || !sameName(endpoint.name, state.endpointName)) return;
    await server.change(
      `drop the mirroring endpoint ${state.endpointName}`,
      sql`DROP ENDPOINT ${sql.name(state.endpointName)}`,
      async () => (await findEndpoint(server)) === undefined,
    );
  },
};

const definition = ({ state, port, certificateName }: Inputs) => sql`
    STATE = ${state === "STARTED" ? sql`STARTED` : sql`STOPPED`}
    AS TCP (LISTENER_PORT = ${sql.int(port)}, LISTENER_IP = ALL)
    FOR DATABASE_MIRRORING (
        ROLE = ALL,
        AUTHENTICATION = CERTIFICATE ${sql.name(certificateName)},
        ENCRYPTION = REQUIRED ALGORITHM AES
    )`;

interface EndpointRow {
  readonly name: string;
  readonly state_desc: string;
  readonly role_desc: string;
  readonly connection_auth_desc: string;
  readonly is_encryption_enabled: boolean;
  readonly encryption_algorithm_desc: string;
  readonly port: number;
  readonly certificate_name: string | null;
}

/** By type, never by name: an instance has at most one. */
async function findEndpoint(server: Sql): Promise<EndpointRow | undefined> {
  const [row] = await server.query<EndpointRow>(
    "read the mirroring endpoint",
    sql`SELECT e.name, e.state_desc, e.role_desc, e.connection_auth_desc, e.is_encryption_enabled, e.encryption_algorithm_desc,
      t.port, c.name AS certificate_name
    FROM sys.database_mirroring_endpoints e
    JOIN sys.tcp_endpoints t ON t.endpoint_id = e.endpoint_id
    LEFT JOIN sys.certificates c ON c.certificate_id = e.certificate_id`,
  );
  return row;
}

function asState(endpoint: EndpointRow, { state, certificateName }: Inputs) {
  return {
    endpointName: endpoint.name,
    port: endpoint.port,
    state: endpoint.state_desc === "STARTED" ? ("STARTED" as const) : state === "STARTED" ? ("STOPPED" as const) : state,
    certificateName: endpoint.certificate_name ?? `(not ${certificateName})`,
  };
}

/** What the link needs and no argument can change. */
function unfitness(endpoint: EndpointRow): string | undefined {
  if (endpoint.role_desc !== "ALL") return `the endpoint's role is ${endpoint.role_desc}, not ALL`;
  if (!endpoint.connection_auth_desc.includes("CERTIFICATE")) return `the endpoint authenticates by ${endpoint.connection_auth_desc}, not by certificate`;
  if (!endpoint.is_encryption_enabled || !endpoint.encryption_algorithm_desc.includes("AES")) return "the endpoint does not encrypt with AES";
  return undefined;
}

async function settled(server: Sql, inputs: Inputs): Promise<State> {
  const endpoint = await findEndpoint(server);
  if (!endpoint) throw vanished(server, `the mirroring endpoint ${inputs.endpointName}`);
  return { ...inputs, ...asState(endpoint, inputs), instanceId: server.instance.id };
}
