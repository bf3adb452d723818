/** The types the lab knows, as `sys.types` names them; lengths in characters (nchar, nvarchar) or bytes. */
export type SqlType =
  | { readonly name: "bit" | "tinyint" | "smallint" | "int" | "bigint" | "real" | "float" }
  | { readonly name: "decimal" | "numeric"; readonly precision: number; readonly scale: number }
  | { readonly name: "money"; readonly precision: 19; readonly scale: 4 }
  | { readonly name: "smallmoney"; readonly precision: 10; readonly scale: 4 }
  | {
      readonly name: "char" | "varchar" | "nchar" | "nvarchar" | "binary" | "varbinary";
      readonly length: number | "max";
    }
  | { readonly name: "text" | "ntext" | "image"; readonly length: "max" }
  /** rowversion */
  | { readonly name: "timestamp"; readonly length: 8 }
  | { readonly name: "date" | "datetime" | "smalldatetime" | "uniqueidentifier" | "sql_variant" }
  | { readonly name: "datetime2" | "time" | "datetimeoffset"; readonly scale: number };

/** A value inside sql_variant keeps its own type. */
export interface Variant {
  readonly type: SqlType;
  readonly value: SqlValue;
}

/**
 * The values of each type in memory: bit..int, real, float: number (bit 0 or 1); bigint: bigint; decimal, numeric,
 * money: bigint scaled by 10^scale; character types and uniqueidentifier (upper case): string; binary, image,
 * timestamp: Buffer; dates and times: Date (UTC fields are the clock's face); sql_variant: Variant.
 */
export type SqlValue = null | number | bigint | string | Buffer | Date | Variant;

export interface Column {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** The value comes unchanged from a table's column, as a result tells drivers; undefined for an expression. */
  readonly origin?: "stored" | "identity";
}

/** A value and the type it has in an expression. */
export interface Typed {
  readonly type: SqlType;
  readonly value: SqlValue;
}

export const sysname: SqlType = { name: "nvarchar", length: 128 };
export const int: SqlType = { name: "int" };
export const money: SqlType = { name: "money", precision: 19, scale: 4 };
export const smallmoney: SqlType = { name: "smallmoney", precision: 10, scale: 4 };
export const nvarchar = (length: number | "max"): SqlType => ({ name: "nvarchar", length });
export const varbinary = (length: number | "max"): SqlType => ({ name: "varbinary", length });
