import { decodeCodePage, encodeCodePage } from "../code-page";
import { sqlError } from "../messages";
import { likePattern } from "../query/like";
import { int, type SqlType } from "../types";
import { textOf } from "../values/convert";
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

/** Characters that a result may have; a (max) value that the lab makes ends after 16 million. */
function roomOf(type: SqlType): number {
  return isSized(type) && type.length !== "max" ? type.length : 2 ** 24;
}

export const textFunctions: Readonly<Record<string, BuiltIn>> = {
  LEN: { parameters: ["text"], type: () => int, call: ([text]) => (text as string).replace(/ +$/, "").length },
  UPPER: mapped((text) => text.toUpperCase()),
  LOWER: mapped((text) => text.toLowerCase()),
  REVERSE: mapped((text) => text.split("").reverse().join("")),
  LTRIM: mapped((text) => text.replace(/^ +/, "")),
  RTRIM: mapped((text) => text.replace(/ +$/, "")),
  TRIM: mapped((text) => text.replace(/^ +| +$/g, "")),
  LEFT: {
    parameters: ["text", "int"],
    type: sameLength,
    call: ([text, count]) => (text as string).slice(0, notNegative(Number(count), "left")),
  },
  RIGHT: {
    parameters: ["text", "int"],
    type: sameLength,
    call([text, count]) {
      const length = notNegative(Number(count), "right");
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
    call: ([text]) => JSON.stringify(text).slice(1, -1).replace(/\//g, "\\/"),
  },
};

const lengthOf = (type: SqlType): number | "max" => (isSized(type) ? type.length : 8000);

function notNegative(count: number, name: string): number {
  if (count < 0) throw sqlError(536, name);
  return count;
}
