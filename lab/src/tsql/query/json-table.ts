import { sqlError } from "../messages";
import type { JsonColumn } from "../syntax";
import { type Column, nvarchar, type SqlType, type SqlValue } from "../types";
import { convertValue, textOf } from "../values/convert";
import { find, isScalar, type JsonNode, jsonTypes, parseJson, parsePath, scalarText, written } from "../values/json";
import type { Bound, Scope } from "./scope";
import type { FunctionTable } from "./table-functions";

const plainColumns: readonly Column[] = [
  { name: "key", type: nvarchar(4000), nullable: false },
  { name: "value", type: nvarchar("max"), nullable: true },
  { name: "type", type: { name: "tinyint" }, nullable: false },
];

/** OPENJSON(text, path) [WITH (columns)] */
export function jsonTable(
  args: readonly Bound[],
  wanted: readonly JsonColumn[] | undefined,
  _scope: Scope,
): FunctionTable {
  const [document, path] = args;
  if (!document || args.length > 2) throw sqlError(document ? 8144 : 313, "openjson");
  const columns = wanted?.map((column) => ({ ...column, steps: parsePath(column.path ?? `$."${column.name}"`) }));
  return {
    columns: columns?.map(({ name, type }) => ({ name, type, nullable: true })) ?? plainColumns,
    rows(frame) {
      const [value, where] = [document.value(frame), path?.value(frame) ?? "$"];
      if (value === null) return [];
      const text = textOf(value, document.type);
      const { steps, isStrict } = parsePath(String(where));
      const found = find(parseJson(text), steps);
      // 13608: only strict paths insist.
      if (!found && isStrict) throw sqlError(13608);
      if (!found || isScalar(found)) return [];
      if (!columns) return members(text, found);
      const rows = found.type === "array" ? (found.children ?? []) : [found];
      return rows.map((node) => columns.map((column) => columnValue(text, node, column)));
    },
  };
}

function members(text: string, node: JsonNode): SqlValue[][] {
  const show = (child: JsonNode): SqlValue => (isScalar(child) ? scalarText(text, child) : written(text, child));
  return (node.children ?? []).flatMap((child, at) => {
    const [key, value] =
      node.type === "array" ? [String(at), child] : [String(child.children?.[0]?.value), child.children?.[1]];
    return value ? [[key, show(value), jsonTypes[value.type] ?? 0]] : [];
  });
}

function columnValue(
  text: string,
  node: JsonNode,
  {
    steps: { steps, isStrict },
    isJson,
    type,
  }: { readonly steps: ReturnType<typeof parsePath>; readonly isJson: boolean; readonly type: SqlType },
): SqlValue {
  const found = find(node, steps);
  if (!found && isStrict) throw sqlError(13608);
  if (!found || isJson === isScalar(found)) return null;
  if (isJson) return written(text, found);
  const scalar = scalarText(text, found);
  return scalar === null ? null : convertValue(scalar, nvarchar("max"), type, { explicit: true });
}
