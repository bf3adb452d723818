import { nextLine } from "../errors/existing";
import { pause } from "../errors/interrupted";
import { VisibleError } from "../errors/visible-error";
import { authorOf, claimed, findNote, isOwn, renew } from "../sql-server/notes";
import type { Context } from "./context";
import type { Noted } from "./recorded";

/** An object that is there when a resource is to make it. */
export interface Present extends Noted {
  /** The object, for sentences: "the certificate x". */
  readonly what: string;
  /** How it is not as the resource would make it, each in words. */
  readonly differences: readonly string[];
  /** The argument of that name. */
  readonly adopt: boolean | undefined;
  /** The refusal of what was there before. It is told with the differences. */
  refusal(): VisibleError;
}

/**
 * Whose an object is that is there and not in the state. "own": a run of this stack was killed between making and recording
 * it, as the note on the server proves; the user is told. "adopted": the program says so. Everything else is refused: what
 * another stack noted always, for one stack never takes what another made.
 */
export async function standingOf(present: Present, context: Context): Promise<"own" | "adopted"> {
  const { server, kind, name, doing, what, differences, adopt, refusal } = present;
  if (await isContinued(present, context)) return "own";
  const note = await findNote(server, kind, name, context.author);
  if (note) throw ofAnother(refusal(), claimed(server, doing, kind, note));
  if (!adopt) throw withDifferences(refusal(), differences);
  const found =
    differences.length === 0
      ? "It is as it would be made here"
      : `It differs from what is declared here: ${differences.join("; ")}`;
  context.warn(
    `${capital(what)} on ${server.instance.name} (${server.address}) was there before and is taken over, as adopt says. ${found}.`,
  );
  return "adopted";
}

/**
 * Whether a run of this stack that was killed made what is there, as the note on the server proves. The note gets the token
 * of this run, and the user is told.
 */
export async function isContinued(
  { server, kind, name, what }: Pick<Present, "server" | "kind" | "name" | "what">,
  { author, warn }: Pick<Context, "author" | "warn">,
): Promise<boolean> {
  const note = await findNote(server, kind, name, author);
  if (!author || !note || !isOwn(note, author)) return false;
  await renew(server, kind, name, author);
  warn(
    `${capital(what)} on ${server.instance.name} (${server.address}) was made by a run of this stack that was killed before it was recorded, as a note there says. This run goes on with it.`,
  );
  return true;
}

/**
 * What another run has noted, and is about to make or has just made: for objects that any number of stacks use, whoever made
 * them. Undefined where it does not come: that run was killed.
 */
export async function madeMeanwhile<Found>(
  doing: string,
  find: () => Promise<Found | undefined>,
  { signal }: Pick<Context, "signal">,
): Promise<Found | undefined> {
  for (let look = 1; ; look++) {
    const found = await find();
    if (found !== undefined || look === 20) return found;
    await pause(250, doing, signal);
  }
}

/** Whether another stack, or another resource, has noted the object as its own: then this resource leaves it alone. */
export async function notedByAnother(
  { server, kind, name }: Omit<Noted, "doing">,
  { author }: Pick<Context, "author">,
): Promise<string | undefined> {
  const note = await findNote(server, kind, name, author);
  return author && note && !isOwn(note, author) ? authorOf(note) : undefined;
}

/** The refusal of what is there, with who noted it. */
const ofAnother = ({ failure, codes }: VisibleError, noted: VisibleError): VisibleError =>
  new VisibleError(
    {
      ...failure,
      said: [...(failure.said ?? []), ...(noted.failure.said ?? [])],
      remedy: [failure.remedy, noted.failure.remedy?.split(nextLine).at(-1)].join(nextLine),
    },
    [...codes, ...noted.codes],
  );

function withDifferences(refusal: VisibleError, differences: readonly string[]): VisibleError {
  const { failure, codes } = refusal;
  const compared =
    differences.length === 0
      ? "it is as it would be made here"
      : `it differs from what is declared here: ${differences.join("; ")}`;
  return new VisibleError({ ...failure, said: [...(failure.said ?? []), compared] }, codes);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
