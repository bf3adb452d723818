import { sqlError } from "../messages";
import type { Collation } from "../values/collation";

type Step = "any" | ((character: string) => boolean);

/** % is any text, _ one character, [a-z] one of these, [^a-z] none of these; the escape character makes the next one literal. */
export function likePattern(
  pattern: string,
  escapeCharacter: string | undefined,
  collation: Collation,
): (text: string) => boolean {
  // 506: there is exactly one escape character.
  if (escapeCharacter !== undefined && escapeCharacter.length !== 1) throw sqlError(506, escapeCharacter);
  const same = (text: string): string => (collation === "ignoreCase" ? text.toLowerCase() : text);
  const steps = stepsOf(same(pattern), escapeCharacter === undefined ? undefined : same(escapeCharacter));
  return (text) => matches(same(text), steps);
}

function stepsOf(pattern: string, escapeCharacter: string | undefined): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string;
    const close = pattern.indexOf("]", at + 2);
    if (character === escapeCharacter && at + 1 < pattern.length) {
      const literal = pattern[++at];
      steps.push((other) => other === literal);
    } else if (character === "%") {
      if (steps.at(-1) !== "any") steps.push("any");
    } else if (character === "_") steps.push(() => true);
    else if (character === "[" && close > 0) {
      steps.push(oneOf(pattern.slice(at + 1, close)));
      at = close;
    } else steps.push((other) => other === character);
  }
  return steps;
}

function oneOf(set: string): (character: string) => boolean {
  const negated = set.startsWith("^");
  const ranges = [...(negated ? set.slice(1) : set).matchAll(/(.)-(.)|(.)/gs)];
  return (character) => {
    const found = ranges.some(([, from, to, single]) =>
      single === undefined ? character >= (from as string) && character <= (to as string) : character === single,
    );
    return found !== negated;
  };
}

/** The most comparisons of one pattern with one text: the lab does nothing else meanwhile. */
const mostEffort = 20_000_000;

/** Matches a text. It goes back to the last % only: at worst it takes length times length, however many % there are. */
function matches(text: string, steps: readonly Step[]): boolean {
  let [at, step, resumeAt, resumeStep] = [0, 0, 0, -1];
  for (let effort = 0; at < text.length; effort++) {
    if (effort > mostEffort) throw sqlError(701, "default");
    const current = steps[step];
    if (current === "any") {
      resumeStep = step++;
      resumeAt = at;
    } else if (current?.(text[at] as string)) {
      at++;
      step++;
    } else if (resumeStep >= 0) {
      step = resumeStep + 1;
      at = ++resumeAt;
    } else return onlyBlanksLeft(text, at, steps.length, step);
  }
  while (steps[step] === "any") step++;
  return step === steps.length;
}

/** Blanks that the text has at its end beyond the pattern do not count. */
function onlyBlanksLeft(text: string, at: number, length: number, step: number): boolean {
  return step === length && /^ +$/.test(text.slice(at));
}
