import { sqlError } from "../messages";
import { notSpoken } from "../not-spoken";
import type { ObjectName } from "../syntax/object-name";
import { money, type SqlType, smallmoney } from "../types";
import { type Cursor, identifier, integerLiteral } from "./cursor";
import type { Token } from "./lexer";

/** Parses [server.]database.schema.name, in which the schema may be left out (`msdb..backupset`). */
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
  ROWVERSION: "timestamp",
};

const typesNotSpoken: ReadonlySet<string> = new Set("geography geometry hierarchyid json vector xml".split(" "));

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
    case "cursor":
      return cursor.raise(notSpoken("A cursor"), token);
    default:
      return cursor.raise(
        typesNotSpoken.has(name)
          ? notSpoken(`The type ${name}`)
          : sqlError(2715, 1, cursor.accept(".") ? `${token.text}.${cursor.next().text}` : token.text),
        token,
      );
  }
}

/** The type's name in lower case: every way to write it becomes one. */
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
