import { tablesOf } from "../../tsql/data/store";
import type { Database } from "../model";
import type { Server } from "../server";
import type { OpenSession } from "../sessions";

/** LCK_M_X and the like, while a statement waits for a lock. */
export const waitTypeOf = ({ session: { lockWait } }: OpenSession): string | null =>
  lockWait ? `LCK_M_${lockWait.request.mode}` : null;

export const waitedMilliseconds = ({ session: { lockWait } }: OpenSession, now: Date): number =>
  lockWait ? now.getTime() - lockWait.since.getTime() : 0;

/** What a session waits for, as wait_resource tells it. */
export function waitResource(server: Server, { session }: OpenSession): string {
  const { table, row } = session.lockWait?.request ?? {};
  const owner = table && databaseOf(server, table.id);
  if (!table || !owner) return "";
  return row === undefined ? `OBJECT: ${owner.id}:${table.id}:0 ` : `KEY: ${owner.id}:${table.id} (${rowHash(row)})`;
}

export function databaseOf({ instance }: Server, tableId: number): Database | undefined {
  return [...instance.databases.values()].find(({ store }) => tablesOf(store).some(({ id }) => id === tableId));
}

export const rowHash = (row: number): string => row.toString(16).padStart(12, "0");
