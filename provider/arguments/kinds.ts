import type { Property } from "./property";

/** Whether an object that is there before is taken over, where it would otherwise be refused. */
export const adoptProperty: Property<boolean> = { type: "boolean", onChange: "nothing", since: 3 };

/** The names that a preflight before the create tests; it counts only then. */
export const preflightProperty: Property<object> = { type: "object", onChange: "nothing" };

/** One of some words; the first is the default. */
export const oneOf = <Word extends string>(
  words: readonly [Word, ...Word[]],
  onChange: Property["onChange"],
): Property<Word> => ({ type: "string", default: words[0], onChange, check: (word) => wordProblem(words, word) });

/** In words that end the sentence "<name> ...". */
export function wordProblem(words: readonly string[], word: string): string | undefined {
  if (words.includes(word)) return undefined;
  const quoted = words.map((each) => JSON.stringify(each));
  return `must be ${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

interface WholeNumber extends Pick<Property<number>, "default" | "onChange"> {
  readonly from: number;
  readonly to: number;
  /** "minutes" */
  readonly of?: string;
  /** Why no more, or no less. */
  readonly why?: string;
}

export const wholeNumber = ({ from, to, of, why, ...property }: WholeNumber): Property<number> => ({
  ...property,
  type: "number",
  check: (value) =>
    isWhole(value, from, to)
      ? undefined
      : `must be a whole number${of ? ` of ${of}` : ""} from ${from} to ${to}${why ? ` (${why})` : ""}`,
});

const isWhole = (value: number, from: number, to: number): boolean =>
  Number.isInteger(value) && value >= from && value <= to;

/** A port of TCP: 1 to 65535. */
export const isPort = (value: number): boolean => isWhole(value, 1, 65535);
