import type { Context } from "../lifecycle/context";
import type { Bag } from "../lifecycle/contract";
import { hasUnknown } from "../lifecycle/unknown";
import { type Author, countNotes } from "../sql-server/notes";

/** What each SQL Server has of stacks' notes, as it is seen once in a run; all resources of the run share it. */
export interface NotesSeen {
  /** Whether notes of a resource are gone. False where nobody can tell, as the server does not answer. */
  areGone(author: Author, olds: Bag, news: Bag, newContext: () => Pick<Context, "sql">): Promise<boolean>;
}

type Settings = Parameters<Context["sql"]>[0];

/**
 * Finds what a destroy that was killed has begun to delete, or has deleted, and the state still has: a delete removes the
 * notes first, the state is written last, and neither the engine nor the state tells the next run of it.
 */
export function notesSeen(): NotesSeen {
  const counts = new Map<string, ReturnType<typeof count>>();
  return {
    async areGone({ token, notes }, olds, news, newContext) {
      const settings = hasUnknown(news.sqlServer) ? olds.sqlServer : news.sqlServer;
      if (settings === undefined) return false;
      const key = JSON.stringify(settings);
      const look = (): ReturnType<typeof count> => {
        const counted = count(settings as Settings, newContext());
        counts.set(key, counted);
        return counted;
      };
      const lacksOne = (seen: Awaited<ReturnType<typeof count>>) =>
        seen !== undefined && (seen.get(token) ?? 0) < notes.size;
      // One negative answer of some time ago is no fact.
      return lacksOne(await (counts.get(key) ?? look())) && lacksOne(await look());
    },
  };
}

async function count(settings: Settings, { sql }: Pick<Context, "sql">) {
  try {
    return await countNotes(await sql(settings));
  } catch {
    return undefined;
  }
}
