import fc from "fast-check";

export type Tokens = readonly string[];
type Generator = fc.Arbitrary<Tokens>;

/**
 * Random sentences of a language that is written down as Microsoft's documentation does it:
 * `<rule>`, `[ optional ]`, `{ this | that }`, `,...n` (one or more, with commas between them) and `...n` (without)
 * behind what is repeated. All else is a token; white space stands between any two.
 * Where the sentence has grown deep enough, the first choice is taken and what is optional is left out, so that the first
 * choice must not lead back to its rule.
 */
export function sentences<R extends string>(rules: Readonly<Record<R, string | Generator>>, start: R): Generator {
  const depth = { depthIdentifier: fc.createDepthIdentifier(), maxDepth: 5, depthSize: "max" } as const;
  const made = new Map<string, Generator>();

  function rule(name: string): Generator {
    // Only what is generated is looked up, so that a rule may lead back to itself.
    return fc.constant(name).chain((found) => {
      const known = made.get(found) ?? fromText(found);
      made.set(found, known);
      return known;
    });
  }
  function fromText(name: string): Generator {
    const text: string | Generator | undefined = rules[name as R];
    if (text === undefined) throw new Error(`no rule <${name}>`);
    return typeof text === "string" ? choices(text.trim().split(/\s+/)) : text;
  }
  /** Reads alternatives up to the end or the bracket that closes them, which it takes away. */
  function choices(rest: string[], close?: string): Generator {
    const found: Generator[][] = [[]];
    for (let word = rest.shift(); word !== close; word = rest.shift()) {
      if (word === undefined) throw new Error(`${close} is missing`);
      if (word === "|") found.push([]);
      else found.at(-1)?.push(repeated(part(word, rest), rest));
    }
    const sequences = found.map((parts) => fc.tuple(...parts).map((tokens) => tokens.flat()));
    const [only] = sequences;
    return only && sequences.length === 1 ? only : fc.oneof(depth, ...sequences);
  }
  function part(word: string, rest: string[]): Generator {
    if (word === "{") return choices(rest, "}");
    if (word === "[") return fc.option(choices(rest, "]"), { ...depth, nil: [], freq: 1 });
    const name = /^<(\w+)>$/.exec(word)?.[1];
    return name ? rule(name) : fc.constant([word]);
  }
  function repeated(item: Generator, rest: string[]): Generator {
    if (rest[0] !== ",...n" && rest[0] !== "...n") return item;
    const between = rest.shift() === ",...n" ? [","] : [];
    const items = fc.array(item, { minLength: 1, maxLength: 3, depthIdentifier: depth.depthIdentifier });
    return items.map((all) => all.flatMap((tokens, index) => (index === 0 ? tokens : [...between, ...tokens])));
  }
  return rule(start);
}

const quotedOrWord = /\[(?:[^\]]|\]\])+\]|"[^"]+"|N?'(?:[^']|'')*'|\S+/g;

/** One of these texts, whose tokens are separated by blanks. */
export const oneOf = (...choices: readonly string[]): Generator =>
  fc.constantFrom(...choices.map((text) => text.match(quotedOrWord) ?? []));
