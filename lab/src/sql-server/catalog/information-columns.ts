import type { SqlType } from "../../tsql/types";
import { charactersOf } from "../../tsql/values/type-ids";
import { isText } from "../../tsql/values/type-rules";
import { type DeclaredRow, declareView } from "./declare";
import { columnRows, typeFacts } from "./user-columns";

const numeric = new Set(["tinyint", "smallint", "int", "bigint", "decimal", "numeric", "real", "float"]);

/** Columns that views of the standard say a type with, first those of its size. */
const sizeColumns = "CHARACTER_MAXIMUM_LENGTH int, CHARACTER_OCTET_LENGTH int";
const numberColumns = "NUMERIC_PRECISION tinyint, NUMERIC_PRECISION_RADIX smallint, NUMERIC_SCALE int";
const characterSetColumns = "CHARACTER_SET_CATALOG sysname, CHARACTER_SET_SCHEMA sysname, CHARACTER_SET_NAME sysname";
const collationColumns = "COLLATION_CATALOG sysname, COLLATION_SCHEMA sysname, COLLATION_NAME sysname";

function standardType(type: SqlType, collation: string): DeclaredRow {
  const { precision, scale, maxLength } = typeFacts(type);
  const isNumber = numeric.has(type.name);
  return {
    DATA_TYPE: type.name,
    ...("length" in type && {
      CHARACTER_MAXIMUM_LENGTH: charactersOf(type),
      CHARACTER_OCTET_LENGTH: maxLength,
    }),
    ...(isNumber && {
      NUMERIC_PRECISION: precision,
      NUMERIC_PRECISION_RADIX: ["real", "float"].includes(type.name) ? 2 : 10,
      NUMERIC_SCALE: scale,
    }),
    DATETIME_PRECISION: datePrecision(type),
    ...(isText(type) && {
      CHARACTER_SET_NAME: type.name.startsWith("n") ? "UNICODE" : "iso_1",
      COLLATION_NAME: collation,
    }),
  };
}

function datePrecision(type: SqlType): number | null {
  if ("scale" in type && !("precision" in type)) return type.scale;
  return ({ datetime: 3, smalldatetime: 0, date: 0 } as Readonly<Record<string, number>>)[type.name] ?? null;
}

export const informationColumns = declareView(
  `TABLE_CATALOG nvarchar(128), TABLE_SCHEMA nvarchar(128), TABLE_NAME nvarchar(128), COLUMN_NAME nvarchar(128),
  ORDINAL_POSITION int, COLUMN_DEFAULT nvarchar(4000), IS_NULLABLE varchar(3), DATA_TYPE nvarchar(128), ${sizeColumns},
  ${numberColumns}, DATETIME_PRECISION smallint, ${characterSetColumns}, ${collationColumns},
  DOMAIN_CATALOG sysname, DOMAIN_SCHEMA sysname, DOMAIN_NAME sysname`,
  (server, session) =>
    columnRows(server, session).map(({ owner, column, ordinal, database, collation }) => ({
      TABLE_CATALOG: database,
      TABLE_SCHEMA: owner.schema,
      TABLE_NAME: owner.name,
      COLUMN_NAME: column.name,
      ORDINAL_POSITION: ordinal,
      COLUMN_DEFAULT: column.default?.text ?? null,
      IS_NULLABLE: column.nullable ? "YES" : "NO",
      ...standardType(column.type, collation),
    })),
);
