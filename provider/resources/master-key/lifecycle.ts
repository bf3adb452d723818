import { adoptProperty, preflightProperty } from "../../arguments/kinds";
import { lookedAtFirst } from "../../arguments/managed-instance-id";
import { credentialProblem } from "../../arguments/password";
import { type SqlServer, sqlServerProperty } from "../../arguments/sql-server-settings";
import { isFailure } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import type { Created, Lifecycle } from "../../lifecycle/contract";
import { isContinued, isLeftToAnother, madeMeanwhile, sayLeft } from "../../lifecycle/ownership";
import { recorded } from "../../lifecycle/recorded";
import { requirePassed } from "../../preflight/require-passed";
import { findMasterKey, type MasterKey as Key, masterKeyObstacles } from "../../sql-server/catalog/master-key";
import type { Sql } from "../../sql-server/connection";
import { kept, requireNoObstacle, vanished } from "../../sql-server/outcome";
import { sql } from "../../sql-server/tsql";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly password?: string;
  readonly credential?: string;
  readonly managedInstanceId?: string;
  readonly preflight?: { readonly certificateName?: string };
  readonly adopt?: boolean;
}
interface State extends Inputs {
  readonly instanceId: string;
  readonly created: boolean;
  readonly keyGuid?: string;
}

export const masterKey = {
  properties: {
    sqlServer: sqlServerProperty,
    // Used once, when the key is made: a different one later is no difference on the server.
    password: {
      type: "string",
      secret: true,
      onChange: "update",
      same: () => true,
      check: (password) => (password.length === 0 ? "must not be empty" : undefined),
    },
    credential: { type: "string", onChange: "update", same: () => true, check: credentialProblem },
    managedInstanceId: lookedAtFirst,
    preflight: preflightProperty,
    adopt: adoptProperty,
  },

  problems({ password, credential }) {
    return password !== undefined && credential !== undefined ? ["give one of password and credential, not both"] : [];
  },

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const key = await findMasterKey(server);
    if (!key) return undefined;
    const keyGuid = guidOf(key);
    const { instanceId = server.instance.id, created = false } = state;
    return {
      state: { ...state, instanceId, keyGuid, created: created && isSame(state, keyGuid) },
      drift: masterKeyObstacles(key)
        .map(({ problem, remedy }) => `${problem}: ${remedy}`)
        .at(0),
    };
  },

  async create(inputs, context) {
    if (inputs.preflight) await requirePassed({ ...inputs, ...inputs.preflight }, "servers", context);
    const server = await context.sql(inputs.sqlServer);
    if (inputs.managedInstanceId !== undefined) await context.azure.managedInstance(inputs.managedInstanceId);
    const key = await findMasterKey(server);
    return key ? await foundKey(server, inputs, key, context) : await make(server, inputs, context);
  },

  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    const key = await findMasterKey(server);
    if (!key) return (await make(server, inputs, context)).state;
    requireUsable(server, key);
    const keyGuid = guidOf(key);
    return { ...inputs, instanceId: server.instance.id, created: state.created && isSame(state, keyGuid), keyGuid };
  },

  async delete(state, context) {
    if (!state.created) return sayLeft(state, `the database master key of ${nameOf(state)}`, context);
    const server = await context.sql(state.sqlServer, state.instanceId);
    const key = await findMasterKey(server);
    if (await isLeftToAnother({ server, kind: note[0], name: note[1] }, context)) return;
    if (key && isSame(state, guidOf(key))) await dropMasterKey(server, context);
  },
} satisfies Lifecycle<Inputs, State>;

const note = ["master-key", "master"] as const;

async function dropMasterKey(server: Sql, { warn }: Context): Promise<void> {
  try {
    await server.change(
      "drop the database master key",
      sql`DROP MASTER KEY`,
      async () => (await findMasterKey(server)) === undefined,
    );
  } catch (error) {
    // Another certificate is encrypted by it by now: the key belongs to that one as well.
    if (!isFailure(error, 15580)) throw error;
    warn(kept(server, "the database master key", await encryptedBy(server), "DROP MASTER KEY"));
  }
}

async function make(server: Sql, inputs: Inputs, context: Context): Promise<Created<State>> {
  const password = await context.secret(inputs, "of the database master key");
  const known = { ...inputs, instanceId: server.instance.id, created: true };
  try {
    return await recorded<State>(
      idOn(server),
      known,
      () => createMasterKey(server, password),
      async () => ({ ...known, keyGuid: await masterKeyOf(server) }),
      context,
      noted(server),
    );
  } catch (error) {
    // Somebody else was faster: any key will do.
    if (!isFailure(error, 15578, "NotedByAnother")) throw error;
    const key = await madeMeanwhile(noted(server).doing, () => findMasterKey(server), context);
    if (!key) throw error;
    return await foundKey(server, inputs, key, context);
  }
}

/** Name of the instance: the first part of its id. */
const nameOf = ({ instanceId }: State): string => instanceId.split("/")[0] ?? instanceId;

const idOn = (server: Sql): string => `${server.instance.name}/master-key`;

const noted = (server: Sql) => ({
  server,
  kind: note[0],
  name: note[1],
  doing: "create the database master key",
  identity: async () => {
    const key = await findMasterKey(server);
    return key && guidOf(key);
  },
});

/** Uses the key that is there. It is dropped later only if it was made here, by a run that was killed. */
async function foundKey(server: Sql, inputs: Inputs, key: Key, context: Context): Promise<Created<State>> {
  requireUsable(server, key);
  const keyGuid = guidOf(key);
  const created = await isContinued({ ...noted(server), what: "the database master key" }, context);
  return { id: idOn(server), state: { ...inputs, instanceId: server.instance.id, created, keyGuid } };
}

const requireUsable = (server: Sql, key: Key): void =>
  requireNoObstacle(server, "use the database master key", masterKeyObstacles(key));

const createMasterKey = (server: Sql, password: string): Promise<void> =>
  server.change(
    "create the database master key",
    sql`CREATE MASTER KEY ENCRYPTION BY PASSWORD = ${sql.string(password)}`,
    async () => (await findMasterKey(server)) !== undefined,
  );

const guidOf = ({ keyGuid }: Key): string => keyGuid ?? "";

async function masterKeyOf(server: Sql): Promise<string> {
  const key = await findMasterKey(server);
  if (!key) throw vanished(server, "the database master key");
  return guidOf(key);
}

async function encryptedBy(server: Sql): Promise<string[]> {
  const rows = await server.query<{ readonly name: string }>(
    "see what is encrypted by the database master key",
    sql`SELECT name FROM sys.certificates WHERE pvt_key_encryption_type = 'MK'
    UNION SELECT name FROM sys.asymmetric_keys WHERE pvt_key_encryption_type = 'MK' ORDER BY name`,
  );
  return rows.length === 0 ? ["something"] : rows.map(({ name }) => `the certificate ${name}`);
}

const isSame = (state: Pick<State, "keyGuid">, keyGuid: string): boolean =>
  state.keyGuid === undefined || state.keyGuid === keyGuid;
