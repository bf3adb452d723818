import type { Obstacle } from "../sql-server/obstacle";
import type { Statement } from "../sql-server/tsql";
import type { Finding, Step, Verdict } from "./finding";

/** What was read of a server, or why it could not be read: words that end the sentence "It could not be tested: ...". */
export type Known<T> = { readonly value: T } | { readonly why: string };

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
    ? [words(sentence(remedy))]
    : [...statements.map(onSqlServer), ...(afterwards === undefined ? [] : [words(sentence(afterwards))])];

/** The first of several that stands in the way; a sentence where none does. */
export const unhindered = (obstacles: readonly Obstacle[], otherwise: string): Told => {
  const [first] = obstacles;
  return first ? hindered(first) : passed(otherwise);
};

/** A clause as a sentence. */
const sentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;

/** The finding about one prerequisite; "unknown" where what it is about could not be read. */
export function tested<T>(id: string, subject: string, known: Known<T>, look: (value: T) => Told): Finding {
  const result = "why" in known ? unknown(`It could not be tested: ${known.why}`) : look(known.value);
  return { id, subject, ...result };
}

/** Both, or why the first of them could not be read. */
export function both<A, B>(one: Known<A>, other: Known<B>): Known<readonly [A, B]> {
  if ("why" in one) return one;
  return "why" in other ? other : { value: [one.value, other.value] };
}
