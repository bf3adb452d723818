import { isUncertain, Unfinished, unknownFailure, VisibleError } from "../errors/visible-error";
import type { Created } from "./contract";

/**
 * Makes an object and finishes it. When something fails once the object exists, or may exist because nobody knows whether
 * the statement took effect, the object is recorded as unfinished: the next run goes on with it, and destroy removes it.
 * So `update` and `delete` must cope with an object that was recorded and never made.
 */
export async function recorded<State extends object>(
  id: string,
  known: State,
  make: () => Promise<void>,
  finish: () => Promise<State>,
): Promise<Created<State>> {
  try {
    await make();
  } catch (error) {
    throw isUncertain(error) ? new Unfinished(id, known, error) : error;
  }
  try {
    return { id, state: await finish() };
  } catch (error) {
    throw unfinished(id, known, error);
  }
}

/** The error that makes the engine record an object although finishing it failed. */
export const unfinished = <State extends object>(id: string, state: State, error: unknown): Unfinished<State> =>
  new Unfinished(id, state, error instanceof VisibleError ? error : unknownFailure(`finish ${id}`, error));
