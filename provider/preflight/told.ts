import { nextLine } from "../errors/existing";
import { scrub, scrubOurs } from "../errors/secrets";
import { VisibleError } from "../errors/visible-error";
import { capital } from "../errors/wording";
import type { Obstacle } from "../sql-server/obstacle";
import type { Statement } from "../sql-server/tsql";
import type { Finding, Step, Verdict } from "./finding";

/** What was read of a server, or why it could not be read. */
export type Known<T> = { readonly value: T } | NotRead;

export interface NotRead {
  readonly why: string;
  /** The same without what was being read. @default why */
  readonly reason?: string;
  readonly remedy?: readonly Step[];
}

/** A refusal is an answer, too: the finding says it. */
export async function known<T>(read: () => Promise<T>): Promise<Known<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof VisibleError) return notRead(error);
    throw error;
  }
}

export const notRead = ({ failure: { doing, said = [], cause, remedy } }: VisibleError): NotRead => ({
  why: scrub([`could not ${doing}`, ...said, ...(cause === undefined ? [] : [cause])].join(": "), doing),
  reason: scrub([...said, ...(cause === undefined ? [] : [cause])].join(": ") || doing, doing),
  ...(remedy !== undefined && { remedy: inLines(scrubOurs(remedy, doing)) }),
});

/** What a look at one prerequisite says. */
export type Told = Omit<Finding, "id" | "subject">;

export const passed = (sentence: string): Told => ({ verdict: "passed", sentence });

const told =
  (verdict: Verdict) =>
  (sentence: string, ...remedy: readonly Step[]): Told => ({ verdict, sentence, ...(remedy.length > 0 && { remedy }) });

export const warning = told("warning");
export const failed = told("failed");
export const unknown = told("unknown");

export const onSqlServer = ({ text }: Statement): Step => ({ how: "sql-server", text });
export const azureCli = (text: string): Step => ({ how: "azure-cli", text });
export const words = (text: string): Step => ({ how: "words", text });

/** An obstacle that a resource would be refused for, as a finding. */
export const hindered = (obstacle: Obstacle, verdict: "failed" | "warning" = "failed"): Told =>
  told(verdict)(sentence(obstacle.problem), ...stepsOf(obstacle));

const stepsOf = ({ remedy, statements, afterwards }: Obstacle): Step[] =>
  statements === undefined
    ? inLines(remedy)
    : [...statements.map(onSqlServer), ...(afterwards === undefined ? [] : [words(sentence(afterwards))])];

/** A message has a remedy of several lines in one text. Commands, which they may begin or end with, stay as they are typed. */
const inLines = (remedy: string): Step[] =>
  remedy.split(nextLine).map((line) => words(/^(?:az|npx|pulumi) /.test(line) ? line : capital(line)));

/** The first of several that stands in the way; a sentence where none does. */
export const unhindered = (obstacles: readonly Obstacle[], otherwise: string): Told => {
  const [first] = obstacles;
  return first ? hindered(first) : passed(otherwise);
};

/** A clause as a sentence. */
export const sentence = (clause: string): string => `${capital(clause)}${clause.endsWith(".") ? "" : "."}`;

/** The finding about one prerequisite; "unknown" where what it is about could not be read. */
export function tested<T>(id: string, subject: string, known: Known<T>, look: (value: T) => Told): Finding {
  return { id, subject, ...("why" in known ? untested(known) : look(known.value)) };
}

const untested = ({ why, reason = why, remedy = [] }: NotRead): Told => ({
  ...unknown(sentence(`it was not tested: ${why}`), ...remedy),
  reason,
});

/** What follows from what was read. */
export const mapped = <From, To>(from: Known<From>, to: (value: From) => To): Known<To> =>
  "why" in from ? from : { value: to(from.value) };

/** Both, or why the first of them could not be read. */
export function both<A, B>(one: Known<A>, other: Known<B>): Known<readonly [A, B]> {
  if ("why" in one) return one;
  return "why" in other ? other : { value: [one.value, other.value] };
}
