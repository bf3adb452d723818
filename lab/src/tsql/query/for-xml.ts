import { sqlError } from "../messages";
import type { QueryOutput } from "../syntax";
import type { SqlType, SqlValue } from "../types";
import { textOf } from "../values/convert";
import { familyOf } from "../values/type-rules";
import { escapeAttribute, escapeXml, xmlName } from "../values/xml";
import type { ResultColumn } from "./select";
import { type XmlWriter, xmlWriter } from "./xml-writer";

type XmlOutput = Extract<QueryOutput, { readonly kind: "xml" }>;
type Row = readonly SqlValue[];
const nilNamespace = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

export function xmlDocument(columns: readonly ResultColumn[], output: XmlOutput): (rows: readonly Row[]) => string {
  const { mode, root, nil } = output;
  const namespace = nil ? nilNamespace : "";
  const inner = root === undefined ? namespace : "";
  const write =
    mode === "AUTO"
      ? (rows: readonly Row[]) => automatic(columns, rows, output, inner)
      : (rows: readonly Row[]) => rows.map((row) => element(columns, row, output, inner)).join("");
  if (root === undefined) return write;
  return (rows) => `<${xmlName(root)}${namespace}>${write(rows)}</${xmlName(root)}>`;
}

/** A value as XML has it: dates as ISO 8601, bytes as base64. */
function xmlValueText(value: SqlValue, type: SqlType): string {
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if (value !== null && typeof value === "object" && "type" in value) return xmlValueText(value.value, value.type);
  const family = familyOf(type);
  return textOf(
    value,
    type,
    family === "date" ? 126 : family === "float" ? 2 : type.name === "money" || type.name === "smallmoney" ? 2 : 0,
  );
}

function element(columns: readonly ResultColumn[], row: Row, output: XmlOutput, namespace: string): string {
  const name = output.element ?? "row";
  if (output.mode === "PATH") return pathElement(columns, row, name, output.nil, namespace);
  return plainElement(
    name,
    columns.map((column, at) => ({ column, value: row[at] ?? null })),
    output,
    "",
    namespace,
  );
}

interface Field {
  readonly column: ResultColumn;
  readonly value: SqlValue;
}

/** RAW and AUTO: columns are attributes, or elements if that is asked for. */
function plainElement(
  name: string,
  fields: readonly Field[],
  { elements, nil }: XmlOutput,
  content: string,
  namespace = "",
): string {
  const present = fields.filter(({ value }) => value !== null || (elements && nil));
  const text = ({ column, value }: Field): string => xmlValueText(value, column.type);
  const attributes = elements
    ? ""
    : present.map((field) => ` ${xmlName(field.column.name)}="${escapeAttribute(text(field))}"`).join("");
  const inside = elements
    ? present
        .map((field) => {
          const tag = xmlName(field.column.name);
          if (field.value === null) return `<${tag} xsi:nil="true"/>`;
          return `<${tag}>${contentOf(field)}</${tag}>`;
        })
        .join("")
    : "";
  const body = inside + content;
  if (name === "") return body;
  return body === "" && !elements
    ? `<${xmlName(name)}${namespace}${attributes}/>`
    : `<${xmlName(name)}${namespace}${attributes}>${body}</${xmlName(name)}>`;
}

const contentOf = ({ column, value }: Field): string =>
  column.type.name === "xml" ? xmlValueText(value, column.type) : escapeXml(xmlValueText(value, column.type));

/** AUTO: an element for each table's part of a row, nested in the order of the select list. */
function automatic(
  columns: readonly ResultColumn[],
  rows: readonly Row[],
  output: XmlOutput,
  namespace: string,
): string {
  const tables = [...new Set(columns.flatMap(({ table }) => (table === undefined ? [] : [table])))];
  // 6810: AUTO takes its names from tables.
  if (tables.length === 0) throw sqlError(6800);
  const levels = tables.map((table, level) =>
    columns.flatMap((column, at) =>
      (column.table ?? tables.at(-1)) === table || (column.table === undefined && level === tables.length - 1)
        ? [at]
        : [],
    ),
  );
  const write = (level: number, group: readonly Row[]): string => {
    const own = levels[level] ?? [];
    const parts: Row[][] = [];
    for (const row of group) {
      const last = parts.at(-1)?.[0];
      const same = level < levels.length - 1 && last && own.every((at) => String(last[at]) === String(row[at]));
      if (same) parts.at(-1)?.push(row);
      else parts.push([row]);
    }
    return parts
      .map((part) => {
        const fields = own.map((at) => ({ column: columns[at] as ResultColumn, value: part[0]?.[at] ?? null }));
        const nested = level < levels.length - 1 ? write(level + 1, part) : "";
        return plainElement(tables[level] ?? "", fields, output, nested, level === 0 ? namespace : "");
      })
      .join("");
  };
  return write(0, rows);
}

/** PATH: a column's name says where its value goes: @attribute, element/element, or right into the row's element. */
function pathElement(
  columns: readonly ResultColumn[],
  row: Row,
  name: string,
  nil: boolean,
  namespace: string,
): string {
  const writer = xmlWriter(name === "" ? undefined : xmlName(name), namespace);
  let afterData = false;
  for (const [at, column] of columns.entries()) {
    const value = row[at] ?? null;
    const place = placeOf(column.name);
    if (value === null && (!nil || place.kind !== "element")) continue;
    writer.goTo(place.path);
    if (place.kind === "attribute") writeAttribute(writer, place, { column, value }, name);
    else if (value === null) writer.attribute("xsi:nil", "true");
    else writer.content((place.leaf === "data()" && afterData ? " " : "") + contentOf({ column, value }));
    afterData = place.leaf === "data()";
  }
  return writer.end();
}

/** 6864: where the row has no element; 6852: an attribute comes before what is in its element. */
function writeAttribute(
  writer: XmlWriter,
  { path, leaf }: ReturnType<typeof placeOf>,
  field: Field,
  row: string,
): void {
  if (row === "" && path.length === 0) throw sqlError(6864);
  const { column, value } = field;
  const isWritten = writer.attribute(xmlName(leaf), escapeAttribute(xmlValueText(value, column.type)));
  if (!isWritten) throw sqlError(6852, column.name);
}

const contents = ["*", "text()", "node()", "data()"];

function placeOf(name: string) {
  const steps = name === "" ? ["*"] : name.split("/");
  const leaf = steps.at(-1) ?? "*";
  if (contents.includes(leaf)) return { path: steps.slice(0, -1).map(xmlName), kind: "content", leaf } as const;
  if (leaf.startsWith("@"))
    return { path: steps.slice(0, -1).map(xmlName), kind: "attribute", leaf: leaf.slice(1) } as const;
  return { path: steps.map(xmlName), kind: "element", leaf } as const;
}
