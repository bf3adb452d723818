import { isUncertain, Unfinished, unknownFailure, VisibleError } from "../errors/visible-error";
import type { Sql } from "../sql-server/connection";
import { type Before, claim, forget, type Kind, type Note, renew } from "../sql-server/notes";
import type { Context } from "./context";
import type { Created } from "./contract";

/** The note about an object, on the SQL Server that it belongs to. */
export interface Noted {
  readonly server: Sql;
  readonly kind: Kind;
  readonly name: string;
  /** What the resource is going to do, for sentences: "create the certificate x". */
  readonly doing: string;
  /** Of an object that was there before: see `TakenOver`. */
  readonly before?: Before | undefined;
  /** What tells the object from a later one of its name, where something does: its id, its thumbprint ... */
  identity?(): Promise<string | undefined>;
}

/**
 * Makes an object and finishes it. When something fails once the object exists, or may exist because nobody knows whether
 * the statement took effect, the object is recorded as unfinished: the next run goes on with it, and destroy removes it.
 * So `update` and `delete` must cope with an object that was recorded and never made. It is noted on the server before it is
 * made, for runs that are killed before anything is recorded; where it was certainly not made, the note goes again.
 */
export async function recorded<State extends object>(
  id: string,
  known: State,
  make: () => Promise<void>,
  finish: () => Promise<State>,
  { author }: Pick<Context, "author">,
  noted?: Noted,
): Promise<Created<State>> {
  if (noted)
    await claim(noted.server, noted.kind, noted.name, noted.doing, author, { before: noted.before }, isGone(noted));
  try {
    await make();
  } catch (error) {
    if (isUncertain(error)) throw new Unfinished(id, known, error);
    // The note does no harm where it can't be removed now: the next run of this resource finds it.
    if (noted && !(error instanceof Unfinished))
      await forget(noted.server, noted.kind, noted.name, author).catch(() => undefined);
    throw error;
  }
  return await finished(id, known, async () => {
    const state = await finish();
    // Somebody may drop the object and make another one of its name, which is not what the note is about.
    if (noted?.identity)
      await renew(noted.server, noted.kind, noted.name, author, { before: noted.before, id: await noted.identity() });
    return state;
  });
}

/** Whether what a note says was made is not there any more: somebody dropped it, and maybe made another one of its name. */
export const isGone =
  ({ identity }: Pick<Noted, "identity">) =>
  async ({ id }: Note): Promise<boolean> =>
    id !== undefined && identity !== undefined && (await identity()) !== id;

/** Finishes an object that is there. When that fails it is recorded as unfinished. */
export async function finished<State extends object>(
  id: string,
  known: State,
  finish: () => Promise<State>,
): Promise<Created<State>> {
  try {
    return { id, state: await finish() };
  } catch (error) {
    throw unfinished(id, known, error);
  }
}

/** The error that makes the engine record an object although finishing it failed. */
export const unfinished = <State extends object>(id: string, state: State, error: unknown): Unfinished<State> =>
  new Unfinished(id, state, error instanceof VisibleError ? error : unknownFailure(`finish ${id}`, error));
