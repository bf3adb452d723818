import { Unfinished, VisibleError } from "../errors/visible-error";
import type { Created } from "./lifecycle";

/**
 * From here on the object exists: whatever fails while it is finished or looked at is recorded together with it, so
 * that the next run goes on with it and destroy removes it.
 */
export async function recorded<State extends object>(
  id: string,
  known: State,
  finish: () => Promise<State>,
): Promise<Created<State>> {
  try {
    return { id, state: await finish() };
  } catch (error) {
    if (error instanceof VisibleError) throw new Unfinished(id, known, error);
    throw error;
  }
}
