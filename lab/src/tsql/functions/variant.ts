import { int, type SqlType, type SqlValue, sysname, type Variant } from "../types";
import { storageLength } from "../values/storage";
import { precisionOf, scaleOf } from "../values/type-ids";
import { isText } from "../values/type-rules";
import type { BuiltIn } from "./built-in";

const text = (value: string): Variant => ({ type: sysname, value });
const number = (value: number): Variant => ({ type: int, value });
const serverCollation = "SQL_Latin1_General_CP1_CI_AS";

const properties: Readonly<Record<string, (inner: Variant) => SqlValue>> = {
  basetype: ({ type }) => text(type.name),
  precision: ({ type }) => number(precisionOf(type)),
  scale: ({ type }) => number(scaleOf(type)),
  maxlength: ({ type }) => number(storageLength(type)),
  totalbytes: ({ type, value }) => number(storedBytes(type, value) + ("length" in type ? 8 : 2)),
  collation: ({ type }) => (isText(type) ? text(serverCollation) : null),
};

function storedBytes(type: SqlType, value: SqlValue): number {
  if (typeof value === "string" && "length" in type) return type.name.startsWith("n") ? value.length * 2 : value.length;
  return Buffer.isBuffer(value) ? value.length : storageLength(type);
}

export const variantFunctions: Readonly<Record<string, BuiltIn>> = {
  SQL_VARIANT_PROPERTY: {
    parameters: ["any", "text"],
    nullable: true,
    type: () => ({ name: "sql_variant" }),
    call([value = null, name], { types }) {
      const isVariant = value !== null && typeof value === "object" && "type" in value;
      const inner: Variant = isVariant ? value : { type: types[0] ?? int, value };
      if (inner.value === null) return null;
      return properties[(name as string).toLowerCase()]?.(inner) ?? null;
    },
  },
};
