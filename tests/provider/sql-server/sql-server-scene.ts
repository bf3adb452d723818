import assert from "node:assert/strict";
import { ConnectionPool } from "mssql";
import { type Lab, type LabOptions, startLab } from "#lab/index";
import type { SqlServer } from "#provider/arguments/sql-server-settings";
import type { EngineLog } from "#provider/dynamic/engine-log";
import { type DynamicProvider, dynamicProvider } from "#provider/dynamic/handler";
import { newContext } from "#provider/lifecycle/context";
import type { AnyLifecycle, Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";

/** A lab, a client of its own on the SQL Server, and resources driven as the engine drives them. */
export interface Scene {
  readonly lab: Lab;
  /** The `sqlServer` argument. */
  readonly sqlServer: SqlServer;
  readonly serverName: string;
  query<Row>(text: string): Promise<Row[]>;
  /** Certificates, endpoints, groups, keys and databases by name: what a resource could leave behind. */
  objects(): Promise<string[]>;
  resource(type: string, lifecycle: AnyLifecycle): Driven;
  /** Warnings that stay, in order; they are shown by preview, up, refresh and destroy. */
  readonly warnings: string[];
  close(): Promise<void>;
}

export interface Made {
  readonly id: string;
  readonly outs: Bag;
}

export interface Failed extends Error {
  readonly id?: string;
  readonly properties?: Bag;
}

/** One resource type behind the real handler. */
export interface Driven {
  create(news: Bag): Promise<Made>;
  /** The failure, with what was recorded. */
  fails(news: Bag): Promise<Failed>;
  /** The message of the failure. */
  refused(news: Bag): Promise<string>;
  read(made: Made): Promise<{ readonly outs: Bag; readonly drift: unknown } | undefined>;
  /** What diff says to the same or other inputs. */
  wants(made: Made, news: Bag): Promise<"same" | "update" | "replace">;
  update(made: Made, news: Bag): Promise<Made>;
  delete(made: Made): Promise<void>;
}

type Address = SqlServer & { readonly user: string; readonly password: string };

export const connect = ({ host, port, user, password }: Address): Promise<ConnectionPool> =>
  new ConnectionPool({
    server: host,
    port,
    user,
    password,
    database: "master",
    options: { encrypt: true, trustServerCertificate: true },
  }).connect();

export async function openScene(options: LabOptions = {}): Promise<Scene> {
  const lab = await startLab(options);
  const [first] = lab.ready.sqlServers;
  assert.ok(first);
  const { caFile } = lab.ready;
  const { name, host, port, user, password } = first;
  const address = { host, port, user, password, caFile };
  const scene = sceneOn(await connect(address), name, address);
  return {
    ...scene,
    lab,
    async close() {
      await scene.close();
      await lab.close();
    },
  };
}

/** A scene on a server that is there. */
export function sceneOn(pool: ConnectionPool, serverName: string, sqlServer: SqlServer): Omit<Scene, "lab"> {
  const query = async <Row>(text: string): Promise<Row[]> => (await pool.request().batch<Row>(text)).recordset ?? [];
  const warnings: string[] = [];
  const log: EngineLog = { status: async () => {}, warn: async (_urn, message) => void warnings.push(message) };
  return {
    serverName,
    warnings,
    sqlServer,
    query,
    async objects() {
      const rows = await Promise.all(
        ["certificates", "symmetric_keys", "endpoints", "availability_groups", "databases", "server_principals"].map(
          async (view) =>
            (await query<{ name: string }>(`SELECT name FROM sys.${view}`)).map(({ name }) => `${view}: ${name}`),
        ),
      );
      return rows.flat().sort();
    },
    resource: (type, lifecycle) =>
      driven(dynamicProvider(type, lifecycle, newContext, new AbortController().signal, { log })),
    async close() {
      await Promise.all([pool.close(), disconnectAll()]);
    },
  };
}

function driven(provider: DynamicProvider): Driven {
  const checked = async (olds: Bag, news: Bag): Promise<Bag> => {
    const { inputs, failures } = await provider.check(olds, news);
    assert.deepEqual(failures, []);
    return inputs;
  };
  const fails = async (news: Bag): Promise<Failed> => {
    const inputs = await checked({}, news);
    try {
      await provider.create(inputs);
    } catch (error) {
      assert.ok(error instanceof Error);
      return error;
    }
    throw new assert.AssertionError({ message: "it was created" });
  };
  return {
    create: async (news) => await provider.create(await checked({}, news)),
    fails,
    refused: async (news) => (await fails(news)).message,
    async read({ id, outs }) {
      const { props, inputs } = await provider.read(id, outs);
      return props && { outs: props, drift: inputs?.drift };
    },
    async wants({ id, outs }, news) {
      const { changes, replaces } = await provider.diff(id, outs, await checked({}, news));
      if (changes === false) return "same";
      return replaces && replaces.length > 0 ? "replace" : "update";
    },
    update: async ({ id, outs }, news) => ({ id, ...(await provider.update(id, outs, await checked({}, news))) }),
    delete: async ({ id, outs }) => await provider.delete(id, outs),
  };
}

/** Names that mean something to T-SQL, and are allowed. */
export const hostileNames = [
  "a]b",
  "a'b",
  'a"b',
  "x]; DROP DATABASE [db1];--",
  "a\\b",
  "line\r\nbreak",
  "\u{1F517} link",
  "[brackets]",
  "n".repeat(128),
];
