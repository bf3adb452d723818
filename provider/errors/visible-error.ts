import { entryOf, moreAbout } from "./catalogue";
import type { Code } from "./codes";
import { scrub, scrubOurs } from "./secrets";

/** What a user reads when something fails: what happened, to what, where, why, and what to do now. */
export interface Failure {
  /** What was being done to which object on which server: "create the certificate [x] on SQLSERVER1 (10.0.0.4:1433)". */
  readonly doing: string;
  /** What the server said, number and text, the cause before the consequence. */
  readonly said?: readonly string[];
  /** The likely cause. */
  readonly cause?: string;
  /** What to do now, if possible as a command. */
  readonly remedy?: string;
  /** What the catalogue of errors has it under, where that is not the first of the codes. */
  readonly entry?: string;
}

/** The one error class for everything a user can cause or meet. Its message never holds a secret. */
export class VisibleError extends Error {
  constructor(
    readonly failure: Failure,
    /** Numbers (SQL Server) or codes (Azure, drivers) behind it, the cause first. */
    readonly codes: readonly Code[] = [],
  ) {
    super(render(failure, failure.entry ?? entryOf(codes)));
    this.name = "VisibleError";
  }
}

/** The same failure with our own sentences rewritten by `say`; what others said stays as it is. */
export function reworded({ failure, codes }: VisibleError, say: (sentence: string) => string): VisibleError {
  const { doing, said, cause, remedy, entry } = failure;
  return new VisibleError(
    { doing: say(doing), said, cause: cause && say(cause), remedy: remedy && say(remedy), entry },
    codes,
  );
}

const render = (failure: Failure, entry: string | undefined): string =>
  inFull(`Could not ${failure.doing}.`, { ...failure, entry });

/**
 * The whole message, of a failure or of a warning, below its first sentence. Secrets are taken out of what others said and,
 * more carefully, of our own sentences: see `secrets.ts`. `doing` holds names that are none.
 */
export function inFull(first: string, { doing = first, said = [], cause, remedy, entry }: Partial<Failure>): string {
  return [
    first,
    ...said.map((line) => `  ${scrub(line, doing)}`),
    ...(cause ? [`  Likely cause: ${scrubOurs(cause, doing)}`] : []),
    ...(remedy ? [`  What to do: ${scrubOurs(remedy, doing)}`] : []),
    ...(entry === undefined || cause === undefined ? [] : [moreAbout(entry)]),
  ].join("\n");
}

/** What others said of a failure, in one line, without secrets. */
export function saidBy(error: unknown): string {
  if (!(error instanceof VisibleError)) return scrub(error instanceof Error ? error.message : String(error));
  const { doing, said = [], cause = "" } = error.failure;
  return said.length === 0 ? scrubOurs(cause, doing) : said.map((line) => scrub(line, doing)).join("; ");
}

/** True when one of the codes is behind the error. */
export function isFailure(error: unknown, ...codes: readonly Code[]): error is VisibleError {
  return error instanceof VisibleError && error.codes.some((code) => codes.includes(code));
}

/** True when nobody knows whether the change was made: it was interrupted, or its answer was lost and a look failed. */
export function isUncertain(error: unknown): error is VisibleError {
  return isFailure(error, "Interrupted", "Deadline", "Outage", "OutcomeUnknown");
}

/** The same failure, for a change that may have been made all the same. */
export function outcomeUnknown({ failure, codes }: VisibleError): VisibleError {
  return new VisibleError({ ...failure, said: [...(failure.said ?? []), "Whether it was done is not known."] }, [
    ...codes,
    "OutcomeUnknown",
  ]);
}

/** For an error that nobody foresaw, probably a mistake in this package: says how to report it. */
export function unknownFailure(doing: string, error: unknown): VisibleError {
  const cause = error instanceof Error ? error : new Error(String(error));
  return new VisibleError({
    doing,
    said: [cause.message],
    cause: "this is not a failure that pulumi-mi-link knows; it may be a mistake in it.",
    remedy: `report it with this line: ${cause.stack?.split("\n")[1]?.trim() ?? "no stack"}`,
  });
}

/** Thrown by create or update when the object exists, or may exist, and is not finished: the engine records it, and the next update goes on. */
export class Unfinished<State extends object> extends Error {
  constructor(
    readonly id: string,
    readonly state: State,
    readonly reason: VisibleError,
  ) {
    super(reason.message);
    this.name = "Unfinished";
  }
}
