import { principalIn } from "../arguments/sql-server-authentication";
import { addressOf, type CompleteSqlServer } from "../arguments/sql-server-settings";
import { pause } from "../errors/interrupted";
import { transcribe } from "../errors/transcript";
import { isUncertain, outcomeUnknown, saidBy, VisibleError } from "../errors/visible-error";
import { connectionFailure, isConnectionLoss, isRefusal, isUnsent, serverFailure } from "./failure";
import { type Instance, type InstanceRow, instanceOf, instanceQuery } from "./instance";
import { closePools, hasIdle, keyOf, openPool, type Target } from "./pool";
import type { TokenSource } from "./token-source";
import { type Statement, shownOf, sql } from "./tsql";

/** A session on one instance of SQL Server; every batch runs in `master`, alone and without parameters. */
export interface Sql {
  readonly instance: Instance;
  /** Host and port, as the user gave them. */
  readonly address: string;
  /** Sends a read, and sends it once more when the connection breaks. `doing` completes "Could not ... on <server>". */
  query<Row>(doing: string, statement: Statement): Promise<Row[]>;
  /** The same for several reads in one batch, each of which answers with one set of rows. */
  queryAll<Rows extends object>(doing: string, statements: Batch<Rows>): Promise<Answers<Rows>>;
  /**
   * Sends a change. When the connection breaks, the statement may have taken effect all the same: `isDone` looks, over a
   * new connection, and only where it finds nothing is the statement sent once more. Where that look fails too,
   * `isUncertain` is true of the failure.
   */
  change(doing: string, statement: Statement, isDone: () => Promise<boolean>): Promise<void>;
}

/** Reads by name, and the row that each answers with. */
export type Batch<Rows extends object> = { readonly [Name in keyof Rows]: Statement };
export type Answers<Rows extends object> = { readonly [Name in keyof Rows]: readonly Rows[Name][] };

const instances = new Map<string, Promise<Instance>>();

/** Opens a session with a password or with tokens. `label` names the resource that it is for, in messages. */
export async function connect(
  server: CompleteSqlServer,
  secret: string | TokenSource,
  signal: AbortSignal,
  label?: string,
): Promise<Sql> {
  const address = addressOf(server);
  const target: Target = { server, secret };
  const who = `${address} ${principalIn(server)}`;

  const send = async <Row>(statement: Statement): Promise<Row[][]> => {
    // The driver gives a new connection 15 seconds, the sign-in service included; here it has Azure's patience.
    if (typeof secret !== "string" && !hasIdle(target)) await secret.wait();
    const pool = await openPool(target);
    signal.throwIfAborted();
    const request = pool.request();
    const cancel = () => request.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      const { recordsets } = await request.batch<Row>(statement.text);
      return recordsets as Row[][];
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  };

  const again = async <Row>(statement: Statement): Promise<Row[][]> => {
    try {
      return await send<Row>(statement);
    } catch (error) {
      if (!isConnectionLoss(error) || signal.aborted) throw error;
      await pause(200, "read", signal);
      return await send<Row>(statement);
    }
  };

  const identify = (): Promise<Instance> => {
    const key = keyOf(target);
    const known = instances.get(key);
    if (known) return known;
    const asked = again<InstanceRow>(instanceQuery).then(([rows]) => {
      const row = rows?.[0];
      if (!row) throw new Error("SQL Server did not say who it is");
      return instanceOf(row);
    });
    instances.set(key, asked);
    asked.catch(() => instances.delete(key));
    return asked;
  };

  let instance: Instance;
  try {
    instance = await identify();
  } catch (error) {
    throw toldOnce(who, connectionFailure(server, error, signal), label);
  }
  told.delete(who);
  const where = `on ${instance.name} (${address})`;

  const read = async <Row>(doing: string, statement: Statement): Promise<Row[][]> => {
    try {
      return await again(statement);
    } catch (error) {
      throw serverFailure(`${doing} ${where}`, error, signal, server);
    }
  };

  return {
    instance,
    address,
    async query<Row>(doing: string, statement: Statement) {
      const [rows = []] = await read<Row>(doing, statement);
      return rows;
    },
    async queryAll<Rows extends object>(doing: string, statements: Batch<Rows>) {
      const names = Object.keys(statements) as (keyof Rows & string)[];
      const all = names.map((name) => statements[name]);
      const sets = await read(doing, sql.list(all, ";\n"));
      return Object.fromEntries(names.map((name, i) => [name, sets[i] ?? []])) as unknown as Answers<Rows>;
    },
    async change(doing, statement, isDone) {
      const failed = (error: unknown) => serverFailure(`${doing} ${where}`, error, signal, server);
      const note = transcribe({ where: `${instance.name} (${address})`, doing, text: shownOf(statement) });
      try {
        await send(statement).catch(async (lost: unknown) => {
          if (!isConnectionLoss(lost) || signal.aborted) throw failed(lost);
          note(`connection lost (${saidBy(failed(lost))})`);
          await onceMore(failed, isUnsent(lost), isDone, async () => {
            await pause(200, `${doing} ${where}`, signal);
            if (await isDone()) return;
            note("sent once more");
            await send(statement);
          });
        });
        note("done");
      } catch (error) {
        note(`failed: ${saidBy(error)}`);
        throw error;
      }
    },
  };
}

/** By address and login: the failure to connect, and the resource beside which it was told in full. */
const told = new Map<string, { readonly message: string; readonly label: string }>();

/** A server that cannot be reached fails all its resources. The first tells it in full, the others in one line. */
function toldOnce(key: string, failure: VisibleError, label: string | undefined): VisibleError {
  if (label === undefined || isUncertain(failure as Error)) return failure;
  const first = told.get(key);
  if (first?.message !== failure.message) told.set(key, { message: failure.message, label });
  if (first?.message !== failure.message || first.label === label) return failure;
  const doing = `${failure.failure.doing} (${failure.codes[0]}), as told in full with ${first.label}`;
  return new VisibleError({ doing }, failure.codes);
}

/**
 * Sends a statement again whose answer was lost. The server may have carried out the first one meanwhile: then it refuses
 * the second, and `isDone` finds that all is well.
 */
async function onceMore(
  failed: (error: unknown) => VisibleError,
  isFirstUnsent: boolean,
  isDone: () => Promise<boolean>,
  attempt: () => Promise<void>,
): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    const failure = failed(error);
    if (isFirstUnsent && (error === failure || isUnsent(error))) throw failure;
    if (!isRefusal(error)) throw outcomeUnknown(failure);
    const done = await isDone().catch(() => undefined);
    if (done !== true) throw done === undefined ? outcomeUnknown(failure) : failure;
  }
}

/** How many calls of functions for programs are under way. */
let underWay = 0;

/** For a program that may have nothing else to do: open connections would keep it from ending, so the last call closes them. */
export async function whileConnected<T>(work: () => Promise<T>): Promise<T> {
  underWay++;
  try {
    return await work();
  } finally {
    underWay--;
    if (underWay === 0) await disconnectAll();
  }
}

/** Closes all connections, at the end of the process. */
export async function disconnectAll(): Promise<void> {
  instances.clear();
  told.clear();
  await closePools();
}
