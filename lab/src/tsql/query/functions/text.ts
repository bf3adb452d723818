import { sqlError } from "../../messages";
import { int, type SqlType } from "../../types";
import { withoutTrailingBlanks } from "../../values/blanks";
import { decodeCodePage } from "../../values/code-page";
import { textOf } from "../../values/convert";
import { characterType, isNational, isSized, textLength } from "../../values/type-rules";
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

/** The most characters of a result; a (max) value that the lab makes ends after 16 million. */
function roomOf(type: SqlType): number {
  return isSized(type) && type.length !== "max" ? type.length : 2 ** 24;
}

/** The pairs of quotes that QUOTENAME can put around a name. */
const quotes = ["[]", "()", "<>", "{}", "''", '""', "``"];

export const textFunctions: Readonly<Record<string, BuiltIn>> = {
  LEN: { parameters: ["text"], type: () => int, call: ([text]) => withoutTrailingBlanks(text as string).length },
  UPPER: mapped((text) => text.toUpperCase()),
  LOWER: mapped((text) => text.toLowerCase()),
  REVERSE: mapped((text) => text.split("").reverse().join("")),
  LTRIM: mapped((text) => text.replace(/^ +/, "")),
  RTRIM: mapped(withoutTrailingBlanks),
  TRIM: mapped((text) => withoutTrailingBlanks(text.replace(/^ +/, ""))),
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
  REPLACE: {
    parameters: ["text", "text", "text"],
    type: longest,
    call([text, wanted, replacement], { types }) {
      if (wanted === "") return text as string;
      const pattern = new RegExp((wanted as string).replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "gi");
      const room = roomOf(longest(types));
      let inserted = 0;
      // Text beyond the room would only be cut off again, so that it is not inserted.
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
  CHAR: {
    parameters: ["int"],
    nullable: true,
    type: () => ({ name: "char", length: 1 }),
    call: ([code]) => (Number(code) >= 0 && Number(code) < 256 ? decodeCodePage(Buffer.from([Number(code)])) : null),
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
  QUOTENAME: {
    parameters: ["text", "text"],
    required: 1,
    nullable: true,
    type: () => ({ name: "nvarchar", length: 258 }),
    call([name, quote = "["]) {
      const [open, close] = quotes.find((pair) => pair.includes((quote as string).slice(0, 1))) ?? [];
      if (open === undefined || close === undefined || (name as string).length > 128) return null;
      return open + (name as string).replaceAll(close, close + close) + close;
    },
  },
};

const lengthOf = (type: SqlType): number | "max" => (isSized(type) ? type.length : 8000);

/** Throws the error where the length is negative; LEFT and SUBSTRING share 537. */
function notNegative(count: number, error: 536 | 537): number {
  if (count < 0) throw sqlError(error, "RIGHT");
  return count;
}
