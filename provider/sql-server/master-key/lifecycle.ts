import type { Lifecycle } from "../../dynamic/lifecycle";
import { recorded } from "../../dynamic/recorded";
import { isFailure } from "../../errors/visible-error";
import type { Sql } from "../connection";
import { credentialProblem } from "../credential";
import { vanished } from "../outcome";
import { sql } from "../query";
import { type SqlServer, sqlServerProperty } from "../server";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly password?: string;
  readonly credential?: string;
}
interface State extends Inputs {
  readonly instanceId: string;
  readonly created: boolean;
  readonly keyGuid?: string;
}

export const masterKey: Lifecycle<Inputs, State> = {
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
  },

  problems({ password, credential }) {
    return password !== undefined && credential !== undefined ? ["give password or credential, not both"] : [];
  },

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const keyGuid = await findMasterKey(server);
    return keyGuid === undefined
      ? undefined
      : { state: { ...state, keyGuid, created: state.created && isSame(state, keyGuid) } };
  },

  async create(inputs, context) {
    const server = await context.sql(inputs.sqlServer);
    const instanceId = server.instance.id;
    const id = `${server.instance.name}/master-key`;
    const existing = await findMasterKey(server);
    const created =
      existing === undefined &&
      (await createMasterKey(server, await context.secret(inputs, "of the database master key")));
    return await recorded<State>(id, { ...inputs, instanceId, created }, async () => ({
      ...inputs,
      instanceId,
      created,
      keyGuid: existing ?? (await masterKeyOf(server)),
    }));
  },

  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    const keyGuid = await masterKeyOf(server);
    return { ...inputs, instanceId: state.instanceId, created: state.created && isSame(state, keyGuid), keyGuid };
  },

  async delete(state, context) {
    if (!state.created) return;
    const server = await context.sql(state.sqlServer, state.instanceId);
    const keyGuid = await findMasterKey(server);
    if (keyGuid === undefined || !isSame(state, keyGuid)) return;
    try {
      await server.change(
        "drop the database master key",
        sql`DROP MASTER KEY`,
        async () => (await findMasterKey(server)) === undefined,
      );
    } catch (error) {
      // Another certificate is encrypted by it by now: the key belongs to that one as well.
      if (!isFailure(error, 15580)) throw error;
    }
  },
};

/** False when somebody else was faster (15578): any key will do. */
async function createMasterKey(server: Sql, password: string): Promise<boolean> {
  try {
    await server.change(
      "create the database master key",
      sql`CREATE MASTER KEY ENCRYPTION BY PASSWORD = ${sql.string(password)}`,
      async () => (await findMasterKey(server)) !== undefined,
    );
    return true;
  } catch (error) {
    if (isFailure(error, 15578)) return false;
    throw error;
  }
}

/** 101 is always the id of the database master key (the script page asks by it). */
async function findMasterKey(server: Sql): Promise<string | undefined> {
  const [row] = await server.query<{ readonly keyGuid: string }>(
    "look for the database master key",
    sql`SELECT CONVERT(nvarchar(36), key_guid) AS keyGuid FROM sys.symmetric_keys WHERE symmetric_key_id = 101`,
  );
  return row?.keyGuid;
}

async function masterKeyOf(server: Sql): Promise<string> {
  const keyGuid = await findMasterKey(server);
  if (keyGuid === undefined) throw vanished(server, "the database master key");
  return keyGuid;
}

const isSame = (state: State, keyGuid: string): boolean => state.keyGuid === undefined || state.keyGuid === keyGuid;
