import type { Context } from "../lifecycle/context";
import type { Bag } from "../lifecycle/contract";
import { hasUnknown } from "../lifecycle/unknown";
import { type Author, isOfResource, type Note, notesByToken, signAgain } from "../sql-server/notes";

/** What each SQL Server has of stacks' notes, as it is seen once in a run; all resources of the run share it. */
export interface NotesSeen {
  /**
   * Whether notes of a resource are gone. False where nobody can tell, as the server does not answer. Those that are there
   * follow the resource to a new name.
   */
  areGone(author: Author, olds: Bag, news: Bag, newContext: () => Pick<Context, "sql">): Promise<boolean>;
}

type Settings = Parameters<Context["sql"]>[0];

/**
 * Finds what a destroy that was killed has begun to delete, or has deleted, and the state still has: a delete removes the
 * notes first, the state is written last, and neither the engine nor the state tells the next run of it.
 */
export function notesSeen(): NotesSeen {
  const looks = new Map<string, ReturnType<typeof look>>();
  return {
    async areGone(author, olds, news, newContext) {
      const settings = hasUnknown(news.sqlServer) ? olds.sqlServer : news.sqlServer;
      if (settings === undefined) return false;
      const key = JSON.stringify(settings);
      const lookNow = (): ReturnType<typeof look> => {
        const looked = look(settings as Settings, newContext());
        looks.set(key, looked);
        return looked;
      };
      const lacksOne = (seen: Awaited<ReturnType<typeof look>>) =>
        seen !== undefined && (seen.get(author.token) ?? []).length < author.notes.size;
      let seen = await (looks.get(key) ?? lookNow());
      // One negative answer of some time ago is no fact.
      if (lacksOne(seen)) seen = await lookNow();
      if (lacksOne(seen)) return true;
      await followed(seen?.get(author.token) ?? [], author, settings as Settings, newContext);
      return false;
    },
  };
}

/** What cannot be signed today is in the next run. */
async function followed(
  notes: readonly Note[],
  author: Author,
  settings: Settings,
  newContext: () => Pick<Context, "sql">,
): Promise<void> {
  if (notes.every((note) => isOfResource(note, author))) return;
  try {
    await signAgain(await newContext().sql(settings), notes, author);
  } catch {}
}

async function look(settings: Settings, { sql }: Pick<Context, "sql">) {
  try {
    return await notesByToken(await sql(settings));
  } catch {
    return undefined;
  }
}
