import type { Database } from "../model";
import type { Server } from "../server";
import type { OpenSession } from "../sessions";

/** LCK_M_X and the like, while a statement waits for a lock. */
export const waitTypeOf = ({ session: { lockWait } }: OpenSession): string | null =>
  lockWait ? `LCK_M_${lockWait.request.mode.toUpperCase().replace("-", "_")}` : null;

export const waitedMilliseconds = ({ session: { lockWait } }: OpenSession, now: Date): number =>
  lockWait ? now.getTime() - lockWait.since.getTime() : 0;

/** What a session waits for, as wait_resource tells it. */
export function waitResource(server: Server, { session }: OpenSession): string {
  const { objectId } = session.lockWait?.request ?? {};
  const database = objectId === undefined ? undefined : databaseOf(server, objectId);
  return database ? `OBJECT: ${database.id}:${objectId}:0 ` : "";
}

export function databaseOf({ instance }: Server, objectId: number): Database | undefined {
  return [...instance.databases.values()].find(({ store }) =>
    [...store.objects.values()].some(({ id }) => id === objectId),
  );
}
