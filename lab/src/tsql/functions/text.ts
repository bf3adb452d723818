import { decodeCodePage, encodeCodePage } from "../code-page";
import { sqlError } from "../messages";
import { likePattern } from "../query/like";
import { int, type SqlType, sysname } from "../types";
import { withoutTrailingBlanks } from "../values/blanks";
import { textOf } from "../values/convert";
import { escapeJson } from "../values/json";
import { formatted } from "../values/message-format";
import { characterType, isNational, isSized, textLength } from "../values/type-rules";
import type { BuiltIn } from "./built-in";

type Types = readonly SqlType[];
const first = (types: Types): SqlType => types[0] ?? int;
const varying = (types: Types): "nvarchar" | "varchar" => (types.some(isNational) ? "nvarchar" : "varchar");
const sameLength = (types: Types): SqlType => characterType(varying([first(types)]), textLength(first(types)));
const longest = (types: Types): SqlType => {
  const isMax = types.some((type) => isSized(type) && type.length === "max");
  return characterType(varying(types), isMax ? "max" : 8000);
};
const total = (types: Types): SqlType => {
  const lengths = types.map(textLength);
  return characterType(
    varying(types),
    lengths.includes("max") ? "max" : lengths.reduce<number>((sum, length) => sum + Number(length), 0),
  );
};
const limited = (text: string, type: SqlType): string =>
  isSized(type) && type.length !== "max" ? text.slice(0, type.length) : text;

const mapped = (change: (text: string) => string): BuiltIn => ({
  parameters: ["text"],
  type: sameLength,
  call: ([text]) => change(text as string),
});

/** Blanks at the beginning or the end, or the characters of the second argument. */
const trimming = (start: boolean, end: boolean): BuiltIn => ({
  parameters: ["text", "text"],
  required: 1,
  type: sameLength,
  call([text, characters = " "]) {
    const unwanted = new Set((characters as string).toLowerCase());
    const isUnwanted = (character: string | undefined): boolean =>
      character !== undefined && unwanted.has(character.toLowerCase());
    let [from, to] = [0, (text as string).length];
    while (start && from < to && isUnwanted((text as string)[from])) from++;
    while (end && to > from && isUnwanted((text as string)[to - 1])) to--;
    return (text as string).slice(from, to);
  },
});
/** Characters that a result may have; a (max) value that the lab makes ends after 16 million. */
function roomOf(type: SqlType): number {
  return isSized(type) && type.length !== "max" ? type.length : 2 ** 24;
}

export const textFunctions: Readonly<Record<string, BuiltIn>> = {
  LEN: { parameters: ["text"], type: () => int, call: ([text]) => withoutTrailingBlanks(text as string).length },
  UPPER: mapped((text) => text.toUpperCase()),
  LOWER: mapped((text) => text.toLowerCase()),
  REVERSE: mapped((text) => text.split("").reverse().join("")),
  LTRIM: trimming(true, false),
  RTRIM: trimming(false, true),
  TRIM: trimming(true, true),
  LEFT: {
    parameters: ["text", "int"],
    type: sameLength,
    call: ([text, count]) => (text as string).slice(0, notNegative(Number(count), 537)),
  },
  RIGHT: {
    parameters: ["text", "int"],
    type: sameLength,
    call([text, count]) {
      const length = notNegative(Number(count), 536);
      return length === 0 ? "" : (text as string).slice(-length);
    },
  },
  SUBSTRING: {
    parameters: ["text", "int", "int"],
    type: (types) =>
      isSized(first(types)) && !first(types).name.includes("char")
        ? { name: "varbinary", length: lengthOf(first(types)) }
        : sameLength(types),
    call([text, start, length]) {
      const count = Number(length);
      if (count < 0) throw sqlError(537);
      const from = Number(start) - 1;
      const source = text as string | Buffer;
      const [begin, end] = [Math.max(0, from), Math.max(0, from + count)];
      return Buffer.isBuffer(source) ? source.subarray(begin, end) : source.slice(begin, end);
    },
  },
  CHARINDEX: {
    parameters: ["text", "text", "int"],
    required: 2,
    type: () => int,
    call([wanted, text, start]) {
      const from = Math.max(0, Number(start ?? 1) - 1);
      if (wanted === "") return 0;
      return (text as string).toLowerCase().indexOf((wanted as string).toLowerCase(), from) + 1;
    },
  },
  PATINDEX: {
    parameters: ["text", "text"],
    type: () => int,
    call([pattern, text]) {
      const wanted = (pattern as string).startsWith("%") ? (pattern as string).slice(1) : (pattern as string);
      const matches = likePattern(wanted, undefined, "ignoreCase");
      const last = wanted === pattern ? 0 : (text as string).length;
      if (last > 0 && !likePattern(pattern as string, undefined, "ignoreCase")(text as string)) return 0;
      for (let at = 0; at <= last; at++) if (matches((text as string).slice(at))) return at + 1;
      return 0;
    },
  },
  REPLACE: {
    parameters: ["text", "text", "text"],
    type: longest,
    call([text, wanted, replacement], { types }) {
      if (wanted === "") return text as string;
      const pattern = new RegExp((wanted as string).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "gi");
      const room = roomOf(longest(types));
      let inserted = 0;
      // What is inserted beyond the room would be cut off again.
      const replaced = (text as string).replace(pattern, () => {
        inserted += (replacement as string).length;
        return inserted - (replacement as string).length > room ? "" : (replacement as string);
      });
      return limited(replaced.slice(0, room), longest(types));
    },
  },
  STUFF: {
    parameters: ["text", "int", "int", "text"],
    type: total,
    call([text, start, length, insert]) {
      const [from, count] = [Number(start), Number(length)];
      const source = text as string;
      if (from < 1 || from > source.length || count < 0) return null;
      return source.slice(0, from - 1) + (insert as string) + source.slice(from - 1 + count);
    },
  },
  REPLICATE: {
    parameters: ["text", "int"],
    type: longest,
    call([text, count], { types }) {
      if (Number(count) < 0) return null;
      const room = roomOf(longest(types));
      const times = Math.min(Number(count), Math.ceil(room / Math.max(1, (text as string).length)));
      return (text as string).repeat(times).slice(0, room);
    },
  },
  SPACE: {
    parameters: ["int"],
    type: () => ({ name: "varchar", length: 8000 }),
    call: ([count]) => (Number(count) < 0 ? null : " ".repeat(Math.min(8000, Number(count)))),
  },
  CHAR: {
    parameters: ["int"],
    nullable: true,
    type: () => ({ name: "char", length: 1 }),
    call: ([code]) => (Number(code) >= 0 && Number(code) < 256 ? decodeCodePage(Buffer.from([Number(code)])) : null),
  },
  NCHAR: {
    parameters: ["int"],
    nullable: true,
    type: () => ({ name: "nchar", length: 1 }),
    call: ([code]) => (Number(code) >= 0 && Number(code) < 65536 ? String.fromCharCode(Number(code)) : null),
  },
  ASCII: {
    parameters: ["text"],
    nullable: true,
    type: () => int,
    call: ([text]) => encodeCodePage((text as string).slice(0, 1))[0] ?? null,
  },
  UNICODE: {
    parameters: ["text"],
    nullable: true,
    type: () => int,
    call: ([text]) => (text === "" ? null : (text as string).charCodeAt(0)),
  },
  CONCAT: {
    parameters: ["any", "any", "any"],
    required: 2,
    variadic: true,
    acceptsNull: true,
    type: total,
    call: (args, { types }) =>
      limited(
        args.map((value, index) => (value === null ? "" : textOf(value, types[index] ?? int))).join(""),
        total(types),
      ),
  },
  CONCAT_WS: {
    parameters: ["any", "any", "any"],
    required: 3,
    variadic: true,
    acceptsNull: true,
    type: (types) => longest(types),
    call([separator, ...args], { types }) {
      const parts = args.flatMap((value, index) => (value === null ? [] : [textOf(value, types[index + 1] ?? int)]));
      return limited(parts.join(separator === null ? "" : String(separator)), longest(types));
    },
  },
  QUOTENAME: {
    parameters: ["text", "text"],
    required: 1,
    nullable: true,
    type: () => ({ name: "nvarchar", length: 258 }),
    call([name, quote = "["]) {
      const opening = (quote as string).slice(0, 1);
      const closing = {
        "[": "]",
        "]": "]",
        "(": ")",
        ")": ")",
        "<": ">",
        ">": ">",
        "{": "}",
        "}": "}",
        "'": "'",
        '"': '"',
        "`": "`",
      }[opening];
      if (!closing || (name as string).length > 128) return null;
      const open = { "]": "[", ")": "(", ">": "<", "}": "{" }[opening] ?? opening;
      return open + (name as string).split(closing).join(closing + closing) + closing;
    },
  },
  STR: {
    parameters: ["any", "int", "int"],
    required: 1,
    type: () => ({ name: "varchar", length: 8000 }),
    nullable: true,
    call([value, length = 10, decimals = 0], { types }) {
      if (Number(length) < 1 || Number(length) > 8000) return null;
      const text = Number(textOf(value ?? null, types[0] ?? int, 3)).toFixed(
        Math.min(16, Math.max(0, Number(decimals))),
      );
      return text.length > Number(length) ? "*".repeat(Number(length)) : text.padStart(Number(length));
    },
  },
  STRING_ESCAPE: {
    parameters: ["text", "text"],
    type: () => ({ name: "nvarchar", length: "max" }),
    call: ([text]) => escapeJson(text as string),
  },
  TRANSLATE: {
    parameters: ["text", "text", "text"],
    type: sameLength,
    call([text, from, to]) {
      // 9828: each character has another one.
      if ((from as string).length !== (to as string).length) throw sqlError(9828);
      const characters = new Map(
        [...(from as string).toLowerCase()].map((character, at) => [character, (to as string)[at]]),
      );
      return [...(text as string)].map((character) => characters.get(character.toLowerCase()) ?? character).join("");
    },
  },
  SOUNDEX: {
    parameters: ["text"],
    type: () => ({ name: "varchar", length: 5 }),
    call: ([text]) => soundex(text as string),
  },
  DIFFERENCE: {
    parameters: ["text", "text"],
    type: () => int,
    call: ([a, b]) => [...soundex(a as string)].filter((code, at) => soundex(b as string)[at] === code).length,
  },
  PARSENAME: {
    parameters: ["text", "int"],
    nullable: true,
    type: () => sysname,
    call([name, part]) {
      const parts = nameParts(name as string);
      return (parts && parts.length <= 4 ? parts.at(-Number(part)) : undefined) || null;
    },
  },
  FORMATMESSAGE: {
    parameters: ["any", "any"],
    required: 1,
    variadic: true,
    acceptsNull: true,
    nullable: true,
    type: () => ({ name: "nvarchar", length: 2048 }),
    call([template = null, ...args], { types }) {
      if (typeof template !== "string") return null;
      return formatted(
        template,
        args.map((value, at) => ({ type: types[at + 1] ?? int, value })),
      );
    },
  },
};

const codes: Readonly<Record<string, string>> = {
  b: "1",
  f: "1",
  p: "1",
  v: "1",
  c: "2",
  g: "2",
  j: "2",
  k: "2",
  q: "2",
  s: "2",
  x: "2",
  z: "2",
  d: "3",
  t: "3",
  l: "4",
  m: "5",
  n: "5",
  r: "6",
};

/** The first letter and how the next three consonants sound. */
function soundex(text: string): string {
  const letters = [...text.toLowerCase()];
  let result = (letters[0] ?? "").toUpperCase();
  let last = codes[letters[0] ?? ""];
  for (const letter of letters.slice(1)) {
    const code = codes[letter];
    if (code && code !== last) result += code;
    if (letter !== "h" && letter !== "w") last = code;
  }
  return result.padEnd(4, "0").slice(0, 4);
}

/** The parts of a name, quoted or not; undefined: it is none. */
function nameParts(text: string): string[] | undefined {
  const part = /\s*(?:\[((?:[^\]]|\]\])*)\]|"([^"]*)"|([^.[\]"]*))\s*(\.|$)/y;
  const parts: string[] = [];
  for (let at = 0; ; at = part.lastIndex) {
    part.lastIndex = at;
    const match = part.exec(text);
    if (!match) return undefined;
    parts.push((match[1]?.replaceAll("]]", "]") ?? match[2] ?? match[3] ?? "").trim());
    if (match[4] !== ".") return parts;
  }
}

const lengthOf = (type: SqlType): number | "max" => (isSized(type) ? type.length : 8000);

/** 537 is shared by LEFT and SUBSTRING. */
function notNegative(count: number, error: 536 | 537): number {
  if (count < 0) throw sqlError(error, "RIGHT");
  return count;
}
