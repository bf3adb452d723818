import { sqlError } from "../messages";
import { int, nvarchar, type SqlValue } from "../types";
import { textOf } from "../values/convert";
import {
  escapeJson,
  find,
  isJson,
  isScalar,
  type JsonNode,
  parseJson,
  parsePath,
  scalarText,
  written,
} from "../values/json";
import { familyOf } from "../values/type-rules";
import type { BuiltIn, Use } from "./built-in";

/** A path may stand for something that is not there: NULL, or 13608 where it is strict. */
function lookUp(text: string, path: string): JsonNode | undefined {
  const { steps, isStrict } = parsePath(path);
  const found = find(parseJson(text), steps);
  if (!found && isStrict) throw sqlError(13608);
  return found;
}

const longestScalar = 4000;

export const jsonFunctions: Readonly<Record<string, BuiltIn>> = {
  ISJSON: { parameters: ["text"], nullable: true, type: () => int, call: ([text]) => Number(isJson(text as string)) },
  JSON_VALUE: {
    parameters: ["text", "text"],
    nullable: true,
    type: () => nvarchar(longestScalar),
    call([text, path]) {
      const found = lookUp(text as string, path as string);
      const { isStrict } = parsePath(path as string);
      if (found && !isScalar(found) && isStrict) throw sqlError(13623);
      const value = found && isScalar(found) ? scalarText(text as string, found) : null;
      if (value !== null && value.length > longestScalar && isStrict) throw sqlError(13625);
      return value !== null && value.length > longestScalar ? null : value;
    },
  },
  JSON_QUERY: {
    parameters: ["text", "text"],
    required: 1,
    nullable: true,
    isJson: true,
    type: () => nvarchar("max"),
    call([text, path = "$"]) {
      const found = lookUp(text as string, path as string);
      if (found && isScalar(found) && parsePath(path as string).isStrict) throw sqlError(13624);
      return found && !isScalar(found) ? written(text as string, found) : null;
    },
  },
  JSON_MODIFY: {
    parameters: ["text", "text", "any"],
    acceptsNull: true,
    nullable: true,
    isJson: true,
    type: () => nvarchar("max"),
    call: modify,
  },
  JSON_PATH_EXISTS: {
    parameters: ["text", "text"],
    nullable: true,
    type: () => int,
    call: ([text, path]) => Number(find(parseJson(text as string), parsePath(path as string).steps) !== undefined),
  },
};

function jsonOf(value: SqlValue, { types, areJson }: Use): string {
  const type = types[2] ?? int;
  if (value === null) return "null";
  if (areJson[2]) return String(value);
  if (type.name === "bit") return value === 0 ? "false" : "true";
  if (["integer", "decimal", "float"].includes(familyOf(type))) return textOf(value, type);
  return `"${escapeJson(textOf(value, type))}"`;
}

/** Sets, adds or (append) lengthens; NULL takes a member away, unless the path is strict. */
function modify([text = null, path = null, value = null]: readonly SqlValue[], use: Use): SqlValue {
  if (text === null || path === null) return null;
  const document = text as string;
  const [, append, rest = ""] = /^\s*(append\s+)?(.*)$/s.exec(path as string) ?? [];
  const { steps, isStrict } = parsePath(rest);
  const root = parseJson(document);
  const found = find(root, steps);
  const json = jsonOf(value, use);
  if (!found && isStrict) throw sqlError(13608);
  const put: Put = (from, to, part) => document.slice(0, from) + part + document.slice(to);
  if (append) return found ? addTo(found, json, put) : document;
  const member = steps.at(-1);
  if (found && value === null && !isStrict && typeof member === "string") return without(found, put);
  if (found) return put(found.offset, found.offset + found.length, json);
  const parent = find(root, steps.slice(0, -1));
  if (value === null || typeof member !== "string" || parent?.type !== "object") return document;
  return addTo(parent, `"${escapeJson(member)}":${json}`, put);
}

/** The document with other text from one place to another. */
type Put = (from: number, to: number, part: string) => string;

function addTo({ offset, length, children = [] }: JsonNode, part: string, put: Put): string {
  const end = offset + length - 1;
  return put(end, end, (children.length > 0 ? "," : "") + part);
}

/** With its comma. */
function without({ parent: member }: JsonNode, put: Put): string {
  const siblings = member?.parent?.children ?? [];
  const at = member ? siblings.indexOf(member) : -1;
  const [before, after] = [siblings[at - 1], siblings[at + 1]];
  const [from, to] = [member?.offset ?? 0, (member?.offset ?? 0) + (member?.length ?? 0)];
  if (after) return put(from, after.offset, "");
  return put(before ? before.offset + before.length : from, to, "");
}
