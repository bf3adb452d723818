import type { ObjectName } from "../host";
import { sqlError } from "../messages";
import type { SqlType } from "../types";
import { type Cursor, identifier, integerLiteral } from "./cursor";

/** [server.]database.schema.name, where the schema may be left out (`msdb..backupset`). */
export function objectName(cursor: Cursor): ObjectName {
  const parts = [identifier(cursor)];
  while (cursor.accept(".")) {
    while (cursor.accept(".")) parts.push("");
    parts.push(identifier(cursor));
  }
  const [name = "", schema, database] = parts.reverse();
  if (parts.length > 3) cursor.raise(sqlError(117, "object", parts.reverse().join("."), 3));
  return { name, schema: schema || undefined, database: database || undefined };
}

const spellings: Readonly<Record<string, string>> = {
  INTEGER: "int",
  DEC: "decimal",
  CHARACTER: "char",
  SYSNAME: "sysname",
};

export function dataType(cursor: Cursor, defaultLength = 1): SqlType {
  const token = cursor.peek();
  if (token.kind !== "quoted" && token.kind !== "word") cursor.fail();
  if (cursor.accept("DOUBLE")) {
    cursor.expect("PRECISION");
    return { name: "float" };
  }
  const isNational = cursor.accept("NATIONAL");
  let name = cursor.next().text;
  if (name.toLowerCase() === "sys" && cursor.accept(".")) name = cursor.next().text;
  name = spellings[name.toUpperCase()] ?? name.toLowerCase();
  if (name === "char" && cursor.accept("VARYING")) name = "varchar";
  if (isNational) name = `n${name}`;
  switch (name) {
    case "sysname":
      return { name: "nvarchar", length: 128 };
    case "bit":
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
    case "real":
    case "date":
    case "datetime":
    case "smalldatetime":
    case "uniqueidentifier":
    case "sql_variant":
      return { name };
    case "float": {
      const [bits = 53] = sizes(cursor);
      return { name: bits <= 24 ? "real" : "float" };
    }
    case "decimal":
    case "numeric": {
      const [precision = 18, scale = 0] = sizes(cursor);
      if (precision < 1 || precision > 38 || scale > precision)
        cursor.raise(sqlError(2750, token.text, precision), token);
      return { name, precision, scale };
    }
    case "datetime2":
    case "time":
    case "datetimeoffset": {
      const [scale = 7] = sizes(cursor);
      if (scale > 7) cursor.raise(sqlError(1002, 1, scale), token);
      return { name, scale };
    }
    case "char":
    case "nchar":
    case "binary":
    case "varchar":
    case "nvarchar":
    case "varbinary": {
      if (cursor.accept("(", "MAX", ")")) {
        if (name.includes("var")) return { name, length: "max" };
        return cursor.raise(sqlError(102, token.text), token);
      }
      const [length = Number.NaN] = sizes(cursor);
      const longest = name.startsWith("n") ? 4000 : 8000;
      if (length < 1) cursor.raise(sqlError(1001, 1, length), token);
      if (length > longest) cursor.raise(sqlError(131, length, name, longest), token);
      return { name, length: Number.isNaN(length) ? defaultLength : length };
    }
    default:
      return cursor.raise(sqlError(2715, 1, token.text, name), token);
  }
}

function sizes(cursor: Cursor): number[] {
  if (!cursor.accept("(")) return [];
  const found = [integerLiteral(cursor)];
  if (cursor.accept(",")) found.push(integerLiteral(cursor));
  cursor.expect(")");
  return found;
}
