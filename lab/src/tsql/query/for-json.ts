import { sqlError } from "../messages";
import type { QueryOutput } from "../syntax";
import type { SqlType, SqlValue } from "../types";
import { textOf } from "../values/convert";
import { escapeJson } from "../values/json";
import { familyOf } from "../values/type-rules";
import type { ResultColumn } from "./select";

type JsonOutput = Extract<QueryOutput, { readonly kind: "json" }>;
type Row = readonly SqlValue[];
/** Members in the order in which they were added: text, or an object inside. */
type Members = Map<string, string | Members>;

export function jsonDocument(columns: readonly ResultColumn[], output: JsonOutput): (rows: readonly Row[]) => string {
  const { mode, root, isBare, hasNulls } = output;
  const write =
    mode === "PATH"
      ? (rows: readonly Row[]) => rows.map((row) => object(columns, row, hasNulls))
      : automatic(columns, hasNulls);
  return (rows) => {
    const all = write(rows).join(",");
    const wrapped = isBare ? all : `[${all}]`;
    return root === undefined ? wrapped : `{"${escapeJson(root)}":${wrapped}}`;
  };
}

function object(columns: readonly ResultColumn[], row: Row, hasNulls: boolean): string {
  const members: Members = new Map();
  for (const [at, column] of columns.entries()) {
    const value = row[at] ?? null;
    const steps = column.name.split(".");
    const last = steps.pop() ?? "";
    let inner = members;
    if (value === null && !hasNulls) continue;
    for (const step of steps) {
      const next = inner.get(step) ?? new Map();
      // 13601: a.b beside a
      if (typeof next === "string") throw sqlError(13601, column.name);
      inner.set(step, next);
      inner = next;
    }
    if (inner.has(last)) throw sqlError(13601, column.name);
    inner.set(last, jsonValue(value, column.type, column.isJson));
  }
  return written(members);
}

const written = (members: Members): string =>
  `{${[...members].map(([name, value]) => `"${escapeJson(name)}":${typeof value === "string" ? value : written(value)}`).join(",")}}`;

function jsonValue(value: SqlValue, type: SqlType, isJson = false): string {
  if (value === null) return "null";
  if (typeof value === "object" && "type" in value) return jsonValue(value.value, value.type);
  if (type.name === "bit") return value === 0 ? "false" : "true";
  if (Buffer.isBuffer(value)) return `"${value.toString("base64")}"`;
  const family = familyOf(type);
  if (family === "float") return textOf(value, type, 2);
  if (family === "integer" || family === "decimal") return textOf(value, type, 2);
  const text = textOf(value, type, family === "date" ? 126 : 0);
  return isJson ? text : `"${escapeJson(text)}"`;
}

/** AUTO: the rows of the second table as an array in those of the first one. */
function automatic(columns: readonly ResultColumn[], hasNulls: boolean): (rows: readonly Row[]) => string[] {
  const tables = [...new Set(columns.flatMap(({ table }) => (table === undefined ? [] : [table])))];
  // 13600: AUTO needs a table.
  if (tables.length === 0) throw sqlError(13600);
  const levels = tables.map((table, level) =>
    columns.flatMap((column, at) =>
      column.table === table || (column.table === undefined && level === 0) ? [at] : [],
    ),
  );
  const write = (level: number, rows: readonly Row[]): string[] => {
    const own = levels[level] ?? [];
    const isLast = level === levels.length - 1;
    const parts: Row[][] = [];
    for (const row of rows) {
      const last = parts.at(-1)?.[0];
      if (!isLast && last && own.every((at) => String(last[at]) === String(row[at]))) parts.at(-1)?.push(row);
      else parts.push([row]);
    }
    return parts.map((part) => {
      const [first = []] = part;
      const plain = object(
        own.map((at) => columns[at] as ResultColumn),
        own.map((at) => first[at] ?? null),
        hasNulls,
      );
      if (isLast) return plain;
      const nested = `"${escapeJson(tables[level + 1] ?? "")}":[${write(level + 1, part).join(",")}]`;
      return plain === "{}" ? `{${nested}}` : `${plain.slice(0, -1)},${nested}}`;
    });
  };
  return (rows) => write(0, rows);
}
