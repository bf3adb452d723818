import type { ObjectName } from "../host";
import { sqlError } from "../messages";
import { money, type SqlType, smallmoney } from "../types";
import { type Cursor, identifier, integerLiteral } from "./cursor";
import type { Token } from "./lexer";
import { notSpoken } from "./not-spoken";

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

/** A name for statements that know the current database only: 166. */
export function localName(cursor: Cursor, statement: string): ObjectName {
  const token = cursor.peek();
  const name = objectName(cursor);
  return name.database === undefined ? name : cursor.raise(sqlError(166, statement), token);
}

const spellings: Readonly<Record<string, string>> = {
  INTEGER: "int",
  DEC: "decimal",
  CHARACTER: "char",
  SYSNAME: "sysname",
  ROWVERSION: "timestamp",
};

/** The server's own types: whatever else stands where a type is due is a user's. */
const systemTypes: ReadonlySet<string> = new Set(
  `bigint binary bit char character cursor date datetime datetime2 datetimeoffset dec decimal double float geography
  geometry hierarchyid image int integer json money national nchar ntext numeric nvarchar real rowversion smalldatetime
  smallint smallmoney sql_variant sysname table text time timestamp tinyint uniqueidentifier varbinary varchar vector
  xml`.split(/\s+/),
);

const typesNotSpoken: ReadonlySet<string> = new Set("geography geometry hierarchyid json vector xml".split(" "));

/** schema.type, or a name that is none of the server's types. */
export function userType(cursor: Cursor): ObjectName | undefined {
  const token = cursor.peek();
  const isName = token.kind === "word" || token.kind === "quoted";
  if (!isName || token.text.toLowerCase() === "sys") return undefined;
  if (systemTypes.has(token.text.toLowerCase()) && cursor.peek(1).keyword !== ".") return undefined;
  return objectName(cursor);
}

export function dataType(cursor: Cursor, defaultLength = 1): SqlType {
  const token = cursor.peek();
  const name = typeName(cursor);
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
    case "money":
      return money;
    case "smallmoney":
      return smallmoney;
    case "timestamp":
      return { name, length: 8 };
    case "text":
    case "ntext":
    case "image":
      return { name, length: "max" };
    case "float": {
      const [bits = 53] = sizes(cursor);
      return { name: bits <= 24 ? "real" : "float" };
    }
    case "decimal":
    case "numeric": {
      const [precision = 18, scale = 0] = sizes(cursor);
      if (precision >= 1 && precision <= 38 && scale <= precision) return { name, precision, scale };
      return cursor.raise(sqlError(2750, token.text, precision), token);
    }
    case "datetime2":
    case "time":
    case "datetimeoffset": {
      const [scale = 7] = sizes(cursor);
      return scale <= 7 ? { name, scale } : cursor.raise(sqlError(1002, 1, scale), token);
    }
    case "char":
    case "nchar":
    case "binary":
    case "varchar":
    case "nvarchar":
    case "varbinary":
      return { name, length: lengthOf(cursor, name, defaultLength, token) };
    default:
      return cursor.raise(
        typesNotSpoken.has(name) ? notSpoken(`the type ${name}`) : sqlError(2715, 1, token.text),
        token,
      );
  }
}

/** Lower case; every way to write the type becomes one. */
function typeName(cursor: Cursor): string {
  const { kind } = cursor.peek();
  if (kind !== "quoted" && kind !== "word") cursor.fail();
  if (cursor.accept("DOUBLE", "PRECISION")) return "float";
  const prefix = cursor.accept("NATIONAL") ? "n" : "";
  let name = cursor.next().text;
  if (name.toLowerCase() === "sys" && cursor.accept(".")) name = cursor.next().text;
  name = spellings[name.toUpperCase()] ?? name.toLowerCase();
  return prefix + (name === "char" && cursor.accept("VARYING") ? "varchar" : name);
}

function lengthOf(cursor: Cursor, name: string, defaultLength: number, token: Token): number | "max" {
  if (cursor.accept("(", "MAX", ")"))
    return name.includes("var") ? "max" : cursor.raise(sqlError(102, token.text), token);
  const [length = defaultLength] = sizes(cursor);
  const longest = name.startsWith("n") ? 4000 : 8000;
  if (length < 1) cursor.raise(sqlError(1001, 1, length), token);
  if (length > longest) cursor.raise(sqlError(131, length, name, longest), token);
  return length;
}

function sizes(cursor: Cursor): number[] {
  if (!cursor.accept("(")) return [];
  const found = [integerLiteral(cursor)];
  if (cursor.accept(",")) found.push(integerLiteral(cursor));
  cursor.expect(")");
  return found;
}
