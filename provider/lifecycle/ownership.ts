import { isDeepStrictEqual } from "node:util";
import { nextLine } from "../errors/existing";
import { pause } from "../errors/interrupted";
import { VisibleError } from "../errors/visible-error";
import { capital } from "../errors/wording";
import type { Sql } from "../sql-server/connection";
import {
  type Author,
  authorOf,
  type Before,
  claim,
  claimed,
  findNote,
  forget,
  forgetNote,
  isOwn,
  label,
  type Note,
  renew,
} from "../sql-server/notes";
import type { Context } from "./context";
import type { Change } from "./contract";
import { isGone, type Noted } from "./recorded";

/** One way in which what is there is not as the resource would make it. */
export interface Unlike {
  /** In words: "ENDPOINT_URL is N'x', not N'y'". */
  readonly what: string;
  /** What to do where taking over cannot, or must not, bring it in line. Undefined: it is brought in line in place. */
  readonly remedy?: string;
}

/** Of an object that was there before this stack took it over. Undefined: the stack made it. */
export interface TakenOver {
  /** What taking it over changed, as it was; {} where nothing was. Delete puts it back, and leaves the object. */
  readonly before?: Before;
}

/** An object that is there when a resource is to make it. */
export interface Present extends Omit<Noted, "server"> {
  /** The server with the notes; undefined where the resource is not told of one, so that nothing is noted. */
  readonly server: Sql | undefined;
  /** The object, for sentences: "the certificate x". */
  readonly what: string;
  readonly differences: readonly Unlike[];
  /** What taking it over may change, as it is now. @default nothing */
  readonly before?: Before;
  /** The argument of that name. */
  readonly adopt: boolean | undefined;
  /** The refusal of what was there before. It is told with the differences. */
  refusal(): VisibleError | Promise<VisibleError>;
}

/**
 * Whose an object is that is there and not in the state. This stack's own, where a run of it was killed between making and
 * recording it, as the note on the server proves; the user is told. Or taken over, as the program says so: then `before` is
 * to be recorded, and the object is to be brought in line by the code that updates it. Everything else is refused before
 * anything is touched, with all differences: what another stack noted always, for one stack never takes what another made
 * or took.
 */
export async function standingOf(present: Present, context: Context): Promise<TakenOver> {
  const { server, kind, name, doing, what, differences, adopt, refusal } = present;
  const { author } = context;
  const note = server && (await noteAbout({ ...present, server }, author));
  if (server && (await isContinued({ ...present, server }, context))) return {};
  if (server && author && note && !isOwn(note, author))
    throw ofAnother(await refusal(), claimed(server, doing, kind, note));
  const inTheWay = differences.filter(({ remedy }) => remedy !== undefined);
  if (!adopt) {
    // A run that was to take it over was killed before it changed anything, and nobody wants that any more.
    if (server && note?.before && !author?.isRecorded && isDeepStrictEqual(note.before, asNoted(present.before)))
      await forgetNote(server, kind, note);
    throw withDifferences(await refusal(), differences);
  }
  if (inTheWay.length > 0) throw notTaken(present);
  const before = note?.before ?? present.before ?? {};
  if (server) {
    const about = { before, id: await present.identity?.() };
    await claim(server, kind, name, `take over ${what}`, author, about, isGone(present));
  }
  context.warn(
    `${capital(what)}${on(present)} was there before and is taken over, as adopt says. ${
      differences.length === 0 ? "It is as it would be made here" : `Brought in line: ${inWords(differences)}`
    }.`,
  );
  return { before };
}

const asNoted = (before: Before = {}): Before => JSON.parse(JSON.stringify(before));

/** The note about the very object that is there. One about an earlier object of its name is about nothing any more. */
async function noteAbout(
  { server, kind, name, identity }: Omit<Noted, "doing">,
  author: Author | undefined,
): Promise<Note | undefined> {
  const note = await findNote(server, kind, name, author);
  if (note?.id === undefined) return note;
  const id = await identity?.();
  return id === undefined || id === note.id ? note : undefined;
}

/**
 * Ends this stack's part in an object that was there before. `stays`: what was changed about it and is not put back, each in
 * words.
 */
export async function leave(
  { server, kind, name, what }: Pick<Present, "server" | "kind" | "name" | "what">,
  stays: readonly string[],
  { author, warn }: Pick<Context, "author" | "warn">,
): Promise<void> {
  if (server) await forget(server, kind, name, author);
  const notPutBack = stays.length === 0 ? "" : ` Not put back: ${stays.join("; ")}.`;
  warn(`Left ${what}${on({ server, kind })}, as it was there before this stack took it over.${notPutBack}`);
}

/** Says of what was there before, and is used by any number of stacks, that it stays: where the program asked to take it over. */
export function sayLeft({ adopt }: { readonly adopt?: boolean }, what: string, { warn }: Pick<Context, "warn">): void {
  if (adopt) warn(`Left ${what}, as it was there before this stack took it over.`);
}

/** Refuses to replace what this stack did not make, where the old object would have to go first: it is never deleted. */
export function replacementOfTaken(
  what: string,
  { before }: TakenOver,
  { replaces }: Pick<Change, "replaces">,
): VisibleError | undefined {
  if (before === undefined || replaces.length === 0) return undefined;
  return new VisibleError(
    {
      doing: `change ${replaces.join(", ")} of ${what}`,
      said: ["Nothing was touched."],
      cause:
        "that takes a new one in its place, and this one was there before this stack took it over (adopt): it is never deleted here.",
      remedy:
        "take the change back. Or take the resource out of the program and run pulumi up, which leaves it as it is; remove it by hand, once nothing uses it; then declare the new one.",
    },
    ["WasThereBefore"],
  );
}

/**
 * Whether a run of this stack that was killed made what is there, as the note on the server proves. The note gets the token
 * of this run, and the user is told. A note with `before` proves that the run took it over, and did not make it.
 */
export async function isContinued(
  { server, kind, name, what, identity }: Omit<Noted, "doing"> & Pick<Present, "what">,
  { author, warn }: Pick<Context, "author" | "warn">,
): Promise<boolean> {
  const note = await findNote(server, kind, name, author);
  if (!author || !note || !isOwn(note, author) || note.before !== undefined) return false;
  const id = await identity?.();
  // That one is gone: somebody dropped it, and made another one of its name.
  if (note.id !== undefined && note.id !== id) return false;
  await renew(server, kind, name, author, { id });
  warn(
    `${capital(what)}${on({ server, kind })} was made by this stack, as a note there says: by a run that was killed before it was recorded, or as what is to be replaced now. This run goes on with it.`,
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

/** The note by which another stack, or another resource, has the object as its own: then this resource leaves it alone. */
export async function notedByAnother(
  noted: Omit<Noted, "doing">,
  { author }: Pick<Context, "author">,
): Promise<Note | undefined> {
  const note = await noteAbout(noted, author);
  return author && note && !isOwn(note, author) ? note : undefined;
}

/** Refuses to change what another stack, or another resource, has noted as its own. */
export async function requireNotAnothers(noted: Noted, context: Pick<Context, "author">): Promise<void> {
  const note = await notedByAnother(noted, context);
  if (note) throw claimed(noted.server, noted.doing, noted.kind, note);
}

/** The same before a delete, which then drops nothing: the user is told. */
export async function isLeftToAnother(
  noted: Omit<Noted, "doing">,
  context: Pick<Context, "author" | "warn">,
): Promise<boolean> {
  const note = await notedByAnother(noted, context);
  if (note)
    context.warn(
      `Kept ${label(noted.kind, noted.name)} of ${noted.server.instance.name} (${noted.server.address}): a note there says that it belongs to ${authorOf(note)}, by a later record than this one. Only that one drops it.`,
    );
  return note !== undefined;
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

const inWords = (differences: readonly Unlike[]): string => differences.map(({ what }) => what).join("; ");

/** Where the object is; of what is in Azure the noun says it. */
const on = ({ server, kind }: Pick<Present, "server" | "kind">): string =>
  !server || kind === "link" || kind === "trust-certificate" ? "" : ` on ${server.instance.name} (${server.address})`;

function withDifferences(refusal: VisibleError, differences: readonly Unlike[]): VisibleError {
  const { failure, codes } = refusal;
  const first = [...new Set(differences.flatMap(({ remedy }) => remedy ?? []))];
  const compared =
    differences.length === 0
      ? "what is there is as it would be made here"
      : `what is there differs from what is declared here: ${inWords(differences)}`;
  const takingOver = [
    "Where it is to be this stack's from now on: adopt: true takes it over",
    differences.length > 0 && first.length === 0 ? ", brings it in line," : "",
    " and leaves it when the stack goes",
    first.length > 0 ? `, once this is done: ${first.join("; ")}` : ".",
  ].join("");
  return new VisibleError(
    {
      ...failure,
      said: [...(failure.said ?? []), compared],
      remedy: [failure.remedy, takingOver].filter((line) => line !== undefined).join(nextLine),
    },
    codes,
  );
}

/** All that stands in the way at once, and beside it what would have been brought in line. */
function notTaken(present: Present): VisibleError {
  const { what, differences } = present;
  const inTheWay = differences.filter(({ remedy }) => remedy !== undefined);
  const others = differences.filter(({ remedy }) => remedy === undefined);
  return new VisibleError(
    {
      doing: `take over ${what}${on(present)}`,
      said: [
        ...inTheWay.map((one) => one.what),
        ...(others.length > 0 ? [`it could be brought in line where ${inWords(others)}`] : []),
        "Nothing was touched.",
      ],
      cause: "it was there before, and what cannot be changed in place is not as the program declares it.",
      remedy: [...new Set(inTheWay.map(({ remedy }) => remedy))].join(nextLine),
    },
    ["NotAsDeclared"],
  );
}
