import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Sql } from "../../sql-server/connection";
import { sql } from "../../sql-server/tsql";

/** Who tests the network: written beside everything that the test makes, so that a later one knows what was left behind. */
export interface Maker {
  /** What it makes has this name, on either server. */
  readonly name: string;
  /** The client as SQL Server sees it: machine and process. */
  readonly host: string;
  readonly process: number;
  /** When it began, by the clock of the server that it is noted on. */
  readonly at: string;
}

export const prefix = "mi-link-probe-";

/** No test lasts as long: after that, what is there was left behind, whoever is connected. */
const longestProbe = 15 * 60_000;

export const newMaker = (): Omit<Maker, "at"> => ({
  name: `${prefix}${randomBytes(6).toString("hex")}`,
  host: hostname(),
  process: process.pid,
});

/** What somebody else wrote is no maker. */
export function makerIn(value: unknown): Maker | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { name, host, process: id, at } = value as Partial<Record<keyof Maker, unknown>>;
  const isOurs = typeof name === "string" && name.startsWith(prefix);
  return isOurs && typeof host === "string" && typeof id === "number" && typeof at === "string"
    ? { name, host, process: id, at }
    : undefined;
}

export async function clockOf(server: Sql): Promise<Date> {
  const [row] = await server.query<{ readonly now: Date }>("read the clock", sql`SELECT SYSUTCDATETIME() AS now`);
  return row?.now ?? new Date();
}

/**
 * Those who are gone: no session of theirs is on the server any more, in two looks, as one may have lost its connection
 * just now. Whoever tests is connected all the time.
 */
export async function goneOf(server: Sql, makers: readonly Maker[]): Promise<Maker[]> {
  if (makers.length === 0) return [];
  const now = (await clockOf(server)).getTime();
  const isOver = ({ at }: Maker) => !(now - Date.parse(at) < longestProbe);
  const isAbsent = async () => {
    const rows = await server.query<{ readonly host: string | null; readonly process: number | null }>(
      "see who else tests the network",
      sql`SELECT host_name AS host, host_process_id AS process FROM sys.dm_exec_sessions WHERE is_user_process = 1`,
    );
    return (maker: Maker) => !rows.some(({ host, process: id }) => host === maker.host && id === maker.process);
  };
  const first = makers.filter(await isAbsent());
  if (first.length > 0) await delay(1500);
  const second = first.length > 0 ? first.filter(await isAbsent()) : [];
  return makers.filter((maker) => isOver(maker) || second.includes(maker));
}
