import { sqlError } from "../messages";
import type { QueryOutput } from "../syntax";
import { type Column, nvarchar, type SqlValue } from "../types";
import { jsonDocument } from "./for-json";
import { xmlDocument } from "./for-xml";
import type { BoundQuery } from "./query";
import type { ResultColumn } from "./select";

/** FOR XML and FOR JSON: all rows as one text; NULL where there are none. */
export function asDocument(query: BoundQuery, output: QueryOutput): BoundQuery {
  const column: ResultColumn =
    output.kind === "xml"
      ? { name: "", type: output.isTyped ? { name: "xml" } : nvarchar("max"), nullable: true }
      : { name: "", type: nvarchar("max"), nullable: true, isJson: !output.isBare };
  const { columns } = query;
  requireNames(columns, output);
  const write = output.kind === "xml" ? xmlDocument(columns, output) : jsonDocument(columns, output);
  return {
    columns: [column],
    rows(frame): (readonly SqlValue[])[] {
      const rows = query.rows(frame);
      return [[rows.length === 0 ? null : write(rows)]];
    },
  };
}

/** 6809 for attributes, 13605 for members: they need names. */
function requireNames(columns: readonly ResultColumn[], output: QueryOutput): void {
  if (output.kind === "xml" && output.mode === "PATH") return;
  if (columns.every(({ name }) => name !== "")) return;
  throw sqlError(output.kind === "xml" ? 6809 : 13605);
}

const columnId = "F52E2B61-18A1-11d1-B105-00805F49916B";

/** What a client sees of a statement: one column of text, unless TYPE makes it xml. */
export function documentColumns(output: QueryOutput): Column[] {
  if (output.kind === "json") return [{ name: `JSON_${columnId}`, type: nvarchar("max"), nullable: false }];
  if (output.isTyped) return [{ name: "", type: { name: "xml" }, nullable: true }];
  return [{ name: `XML_${columnId}`, type: { name: "ntext", length: "max" }, nullable: false }];
}

/** The text in rows of 2033 characters: clients put it together again. */
export function documentRows(rows: readonly (readonly SqlValue[])[], output: QueryOutput): (readonly SqlValue[])[] {
  const text = rows[0]?.[0] ?? null;
  if (output.kind === "xml" && output.isTyped) return [[text]];
  return text === null ? [] : (String(text).match(/.{1,2033}/gs) ?? [""]).map((part) => [part]);
}
