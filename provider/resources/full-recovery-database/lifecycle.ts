import { adoptProperty, preflightProperty } from "../../arguments/kinds";
import { lookedAtFirst } from "../../arguments/managed-instance-id";
import { userDatabaseName } from "../../arguments/names";
import { type SqlServer, sqlServerProperty } from "../../arguments/sql-server-settings";
import type { Context } from "../../lifecycle/context";
import type { Lifecycle } from "../../lifecycle/contract";
import type { LinkNames } from "../../preflight/link-names";
import { requirePassed } from "../../preflight/require-passed";
import { backupPath } from "../../sql-server/backup-path";
import {
  type Database,
  databaseObstacles,
  findDatabase,
  logChainObstacles,
  missingDatabase,
} from "../../sql-server/catalog/databases";
import type { Sql } from "../../sql-server/connection";
import type { Obstacle } from "../../sql-server/obstacle";
import { requireNoObstacle, vanished } from "../../sql-server/outcome";
import { sql } from "../../sql-server/tsql";

interface Inputs {
  readonly sqlServer: SqlServer;
  readonly databaseName: string;
  readonly backupDisk?: string;
  readonly managedInstanceId?: string;
  readonly preflight?: Omit<LinkNames, "databaseName">;
  readonly adopt?: boolean;
}
interface State extends Inputs {
  readonly instanceId: string;
  readonly recoveryModel: string;
}

export const fullRecoveryDatabase = {
  properties: {
    sqlServer: sqlServerProperty,
    databaseName: userDatabaseName,
    backupDisk: { type: "string", computed: true, onChange: "update", check: backupDiskProblem },
    managedInstanceId: lookedAtFirst,
    preflight: preflightProperty,
    // The database is there in any case. Taken so that all resources of a program can be given it.
    adopt: adoptProperty,
  },
  // A delete of this resource deletes nothing. It comes first so that the engine asks the resources built on this one,
  // which may refuse, before it touches the other database.
  deleteBeforeReplace: () => true,

  async observe(state, context) {
    const server = await context.sql(state.sqlServer, state.instanceId);
    const database = await findDatabase(server, state.databaseName);
    if (!database) return undefined;
    const { instanceId = server.instance.id } = state;
    const { name: databaseName } = database;
    const recoveryModel = database.recoveryModel ?? state.recoveryModel ?? "FULL";
    const broken = [...stateObstacles(database), ...logChainObstacles(database)].map(({ problem }) => problem);
    return {
      state: { ...state, instanceId, databaseName, recoveryModel },
      drift: broken.length === 0 ? undefined : broken.join("; "),
    };
  },

  async create(inputs, context) {
    if (inputs.preflight) {
      const { databaseName, preflight: names } = inputs;
      await requirePassed({ ...inputs, databases: [{ ...names, databaseName }] }, "databases", context, ["log-chain"]);
    }
    const server = await context.sql(inputs.sqlServer);
    if (inputs.managedInstanceId !== undefined) await context.azure.managedInstance(inputs.managedInstanceId);
    return { id: `${server.instance.name}/${inputs.databaseName}`, state: await ensure(server, inputs, context) };
  },

  async update(state, inputs, context) {
    const server = await context.sql(inputs.sqlServer, state.instanceId);
    return await ensure(server, { ...inputs, backupDisk: inputs.backupDisk ?? state.backupDisk }, context);
  },

  // The database belongs to its users, and a chain of log backups harms nobody.
  async delete() {},
} satisfies Lifecycle<Inputs, State>;

async function ensure(server: Sql, inputs: Inputs, context: Context): Promise<State> {
  const { databaseName } = inputs;
  const doing = `prepare the database ${databaseName} for a link`;
  const database = await findDatabase(server, databaseName);
  requireNoObstacle(server, doing, database ? databaseObstacles(database) : [missingDatabase(databaseName, 911)]);
  if (database?.recoveryModel !== "FULL") await setFullRecovery(server, databaseName);
  const backupDisk = database && isChained(database) ? inputs.backupDisk : await backUp(server, inputs, context);
  const found = await findDatabase(server, databaseName);
  if (!found) throw vanished(server, `the database ${databaseName}`);
  requireNoObstacle(server, doing, logChainObstacles(found));
  return { ...inputs, backupDisk, instanceId: server.instance.id, recoveryModel: found.recoveryModel ?? "FULL" };
}

/** No obstacles in a group: as the secondary, or on the way there, the database need not be online and writable. */
const stateObstacles = (database: Database): Obstacle[] => (database.isInGroup ? [] : databaseObstacles(database));

const isChained = (database: Database): boolean => logChainObstacles(database).length === 0;

async function setFullRecovery(server: Sql, databaseName: string): Promise<void> {
  await server.change(
    `set the recovery model of the database ${databaseName} to FULL`,
    sql`ALTER DATABASE ${sql.identifier(databaseName)} SET RECOVERY FULL`,
    async () => (await findDatabase(server, databaseName))?.recoveryModel === "FULL",
  );
}

/** Full, never COPY_ONLY: only such a backup starts a chain (1475). */
async function backUp(server: Sql, { databaseName, backupDisk }: Inputs, context: Context): Promise<string> {
  const disk = backupDisk ?? (await defaultBackupDisk(server, databaseName));
  context.status(`backing up ${databaseName} to ${disk}`);
  await server.change(
    `back up the database ${databaseName} to ${disk}`,
    sql`BACKUP DATABASE ${sql.identifier(databaseName)} TO DISK = ${sql.string(disk)} WITH CHECKSUM`,
    async () => {
      const database = await findDatabase(server, databaseName);
      return database !== undefined && isChained(database);
    },
  );
  return disk;
}

async function defaultBackupDisk(server: Sql, databaseName: string): Promise<string> {
  const [row] = await server.query<{ readonly directory: string | null }>(
    "find the backup directory",
    sql`SELECT CONVERT(nvarchar(260), SERVERPROPERTY('InstanceDefaultBackupPath')) AS directory`,
  );
  return backupPath(row?.directory ?? undefined, databaseName);
}

function backupDiskProblem(path: string): string | undefined {
  if (path.length === 0 || path.length > 260) return `must have 1 to 260 characters; it has ${path.length}`;
  return /\p{Cc}/u.test(path) ? "must not hold control characters" : undefined;
}
