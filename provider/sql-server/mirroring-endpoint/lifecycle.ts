import type { Context, Created, Lifecycle } from "../../dynamic/lifecycle";
import { recorded } from "../../dynamic/recorded";
import { adviceFor } from "../../errors/catalogue";
import { pause } from "../../errors/interrupted";
import { VisibleError } from "../../errors/visible-error";
import type { Sql } from "../connection";
import { sameName, sysname } from "../names";
import { alreadyExists, lookAt, vanished } from "../outcome";
import { sql } from "../query";
import { type SqlServer, sqlServerProperty } from "../server";
import { type Endpoint, findEndpoint, isListening } from "./endpoint";

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
      check: (port) =>
        Number.isInteger(port) && port >= 1024 && port <= 32767
          ? undefined
          : "must be a whole number from 1024 to 32767",
    },
    state: {
      type: "string",
      default: "STARTED",
      onChange: "update",
      check: (state) => (state === "STARTED" || state === "STOPPED" ? undefined : 'must be "STARTED" or "STOPPED"'),
    },
  },
  // CREATE ENDPOINT answers 7862 while the old one is there.
  deleteBeforeReplace: () => true,

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const endpoint = await findEndpoint(server);
    if (!endpoint || !sameName(endpoint.name, state.endpointName)) return undefined;
    return {
      state: { ...state, ...asState(endpoint, state) },
      drift: unfitness(endpoint) ?? (await silence(server, endpoint)),
    };
  },

  async create(inputs, context) {
    const server = await context.sql(inputs.sqlServer);
    const existing = await findEndpoint(server);
    if (existing) throw otherEndpoint(server, inputs, existing);
    return await make(server, inputs, context);
  },

  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    const { endpointName } = inputs;
    const existing = await findEndpoint(server);
    if (!existing) return (await make(server, inputs, context)).state;
    if (!sameName(existing.name, endpointName)) throw otherEndpoint(server, inputs, existing);
    await server.change(
      `alter the mirroring endpoint ${endpointName}`,
      sql`ALTER ENDPOINT ${sql.identifier(endpointName)} ${definition(inputs)}`,
      async () => false,
    );
    return await settled(server, inputs, context);
  },

  async delete(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const endpoint = await findEndpoint(server);
    if (!endpoint || !sameName(endpoint.name, state.endpointName)) return;
    await server.change(
      `drop the mirroring endpoint ${state.endpointName}`,
      sql`DROP ENDPOINT ${sql.identifier(state.endpointName)}`,
      async () => (await findEndpoint(server)) === undefined,
    );
  },
};

async function make(server: Sql, inputs: Inputs, context: Context): Promise<Created<State>> {
  const { endpointName } = inputs;
  return await recorded<State>(
    `${server.instance.name}/${endpointName}`,
    { ...inputs, instanceId: server.instance.id },
    () =>
      server.change(
        `create the mirroring endpoint ${endpointName}`,
        sql`CREATE ENDPOINT ${sql.identifier(endpointName)} ${definition(inputs)}`,
        async () => sameName((await findEndpoint(server))?.name ?? "", endpointName),
      ),
    () => settled(server, inputs, context),
  );
}

function otherEndpoint(server: Sql, { endpointName }: Inputs, existing: Endpoint) {
  return alreadyExists(
    server,
    `create the mirroring endpoint ${endpointName}`,
    `the endpoint ${existing.name} exists already: port ${existing.port}, ${existing.state}, ${existing.authentication}`,
    {
      because: "an instance can have only one endpoint of the type DATABASE_MIRRORING.",
      look: lookAt.groupUrls,
      instead: "let the links of one server share one InstancePairing",
    },
    7862,
  );
}

const definition = ({ state, port, certificateName }: Inputs) => sql`
    STATE = ${state === "STARTED" ? sql`STARTED` : sql`STOPPED`}
    AS TCP (LISTENER_PORT = ${sql.int(port)}, LISTENER_IP = ALL)
    FOR DATABASE_MIRRORING (
        ROLE = ALL,
        AUTHENTICATION = CERTIFICATE ${sql.identifier(certificateName)},
        ENCRYPTION = REQUIRED ALGORITHM AES
    )`;

function asState(endpoint: Endpoint, { state, certificateName }: Inputs) {
  return {
    endpointName: endpoint.name,
    port: endpoint.port,
    state: endpoint.state === "STARTED" ? ("STARTED" as const) : state === "STARTED" ? ("STOPPED" as const) : state,
    certificateName: endpoint.certificateName ?? `(not ${certificateName})`,
  };
}

/** What the link needs and no argument can change. */
function unfitness(endpoint: Endpoint): string | undefined {
  if (endpoint.role !== "ALL") return `the endpoint's role is ${endpoint.role}, not ALL`;
  if (!endpoint.authentication.includes("CERTIFICATE"))
    return `the endpoint authenticates by ${endpoint.authentication}, not by certificate`;
  if (!endpoint.isEncrypted || !endpoint.algorithm.includes("AES")) return "the endpoint does not encrypt with AES";
  return undefined;
}

async function settled(server: Sql, inputs: Inputs, { signal }: Context): Promise<State> {
  const endpoint = await findEndpoint(server);
  if (!endpoint) throw vanished(server, `the mirroring endpoint ${inputs.endpointName}`);
  await requireListener(server, endpoint, signal);
  return { ...inputs, ...asState(endpoint, inputs), instanceId: server.instance.id };
}

/** Started, and yet nobody listens: the port belongs to another process. */
async function silence(server: Sql, { state, port }: Endpoint): Promise<string | undefined> {
  if (state !== "STARTED" || (await isListening(server, port))) return undefined;
  return `the endpoint is started but does not listen on port ${port}`;
}

async function requireListener(server: Sql, endpoint: Endpoint, signal: AbortSignal): Promise<void> {
  let problem = await silence(server, endpoint);
  // A listener needs a moment to come up.
  for (let look = 0; problem && look < 3; look++) {
    await pause(300, `start the mirroring endpoint ${endpoint.name}`, signal);
    problem = await silence(server, endpoint);
  }
  if (!problem) return;
  throw new VisibleError(
    {
      doing: `start the mirroring endpoint ${endpoint.name} on ${server.instance.name} (${server.address})`,
      said: [problem],
      ...adviceFor([9692]),
    },
    [9692],
  );
}
