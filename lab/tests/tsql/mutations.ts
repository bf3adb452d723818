import fc from "fast-check";
import type { Tokens } from "./bnf";

const between = fc.oneof(
  { weight: 6, arbitrary: fc.constant(" ") },
  fc.constantFrom("\n", "\r\n", "\t", "  ", " /* ; ' */ ", " -- it's\n", "\n/* a /* b */ c */\n"),
);
const letterCase = fc.constantFrom<(word: string) => string>(
  (word) => word.toUpperCase(),
  (word) => word.toLowerCase(),
  (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase(),
);

/** Writes a batch with any white space, comments and letter case, none of which may matter. */
export const written: fc.Arbitrary<(tokens: Tokens) => string> = fc
  .tuple(fc.array(between, { minLength: 5, maxLength: 20 }), letterCase)
  .map(
    ([separators, changeCase]) =>
      (tokens) =>
        tokens
          .map(
            (token, index) => (/^\w+$/.test(token) ? changeCase(token) : token) + separators[index % separators.length],
          )
          .join(""),
  );

export interface Mutation {
  readonly how: "delete" | "double" | "swap" | "replace";
  readonly at: number;
  readonly by: number;
}

export const mutation: fc.Arbitrary<Mutation> = fc.record({
  how: fc.constantFrom("delete", "double", "swap", "replace"),
  at: fc.nat(9999),
  by: fc.nat(9999),
});

/** A batch with one mistake; a token that is replaced becomes one of another batch's. */
export function mutated(tokens: Tokens, others: Tokens, { how, at, by }: Mutation): Tokens {
  const position = at % tokens.length;
  const before = tokens.slice(0, position);
  const [token = "", ...after] = tokens.slice(position);
  switch (how) {
    case "delete":
      return [...before, ...after];
    case "double":
      return [...before, token, token, ...after];
    case "swap":
      return [...before, ...after.slice(0, 1), token, ...after.slice(1)];
    case "replace":
      return [...before, others[by % others.length] ?? "", ...after];
  }
}
