import type { SqlType, SqlValue, Variant } from "../tsql/types";
import type { ByteWriter } from "./bytes";
import { encodeVarchar, serverCollation } from "./collation";
import { isOldLarge, type OldLargeType, writeLargeTypeInfo, writeLargeValue } from "./old-large-types";
import { asBuffer, asText, digitsOf, mismatch, scalars } from "./scalars";
import { nullLength, plpNull, plpType, wire } from "./wire-types";

type SizedType = Exclude<
  Extract<SqlType, { readonly length: number | "max" }>,
  OldLargeType | { readonly name: "timestamp" }
>;

/** rowversion is eight bytes on the wire; only its user type tells it from binary(8). */
const wireType = (type: SqlType): Exclude<SqlType, { readonly name: "timestamp" }> =>
  type.name === "timestamp" ? { name: "binary", length: 8 } : type;

const inRow = {
  char: wire.bigChar,
  varchar: wire.bigVarChar,
  nchar: wire.nChar,
  nvarchar: wire.nVarChar,
  binary: wire.bigBinary,
  varbinary: wire.bigVarBinary,
} as const;
/** Only the types of varying length have a (max). */
const outOfRow = {
  char: wire.bigVarChar,
  varchar: wire.bigVarChar,
  nchar: wire.nVarChar,
  nvarchar: wire.nVarChar,
  binary: wire.bigVarBinary,
  varbinary: wire.bigVarBinary,
} as const;
const largestInRow = 8000;
/** The length in a sql_variant's TYPE_INFO: 8000 bytes and the longest properties. */
const variantLength = 8009;

const isBinary = (type: SizedType): boolean => type.name === "binary" || type.name === "varbinary";
const isUnicode = (type: SizedType): boolean => type.name === "nchar" || type.name === "nvarchar";
const isPadded = (type: SizedType): boolean => !type.name.includes("var");

/** The most bytes that a value may have; "max" beyond what a row holds. */
function byteLength(type: SizedType): number | "max" {
  if (type.length === "max") return "max";
  const bytes = Math.max(1, type.length) * (isUnicode(type) ? 2 : 1);
  return bytes > largestInRow ? "max" : bytes;
}

export function writeTypeInfo(writer: ByteWriter, declared: SqlType): void {
  const type = wireType(declared);
  if (isOldLarge(type)) {
    writeLargeTypeInfo(writer, type);
  } else if (type.name === "sql_variant") {
    writer.uint8(wire.variant);
    writer.uint32(variantLength);
  } else if ("length" in type) {
    const length = byteLength(type);
    writer.uint8((length === "max" ? outOfRow : inRow)[type.name]);
    writer.uint16(length === "max" ? plpType : length);
    if (!isBinary(type)) writer.bytes(serverCollation);
  } else {
    writer.bytes(Buffer.from(scalars[type.name].info(digitsOf(type))));
  }
}

/** Bytes that a NULL of this type takes in a ROW; in an NBCROW it takes none. */
export function nullCost(declared: SqlType): number {
  const type = wireType(declared);
  if (isOldLarge(type)) return 1;
  if (type.name === "sql_variant") return 4;
  if (!("length" in type)) return 1;
  return byteLength(type) === "max" ? 8 : 2;
}

function writeNull(writer: ByteWriter, type: ReturnType<typeof wireType>): void {
  if (isOldLarge(type)) writer.uint8(0);
  else if (type.name === "sql_variant") writer.uint32(0);
  else if (!("length" in type)) writer.uint8(0);
  else if (byteLength(type) === "max") writer.uint64(plpNull);
  else writer.uint16(nullLength);
}

export function writeValue(writer: ByteWriter, declared: SqlType, value: SqlValue): void {
  const type = wireType(declared);
  if (value === null) {
    writeNull(writer, type);
  } else if (isOldLarge(type)) {
    writeLargeValue(writer, type, value);
  } else if (type.name === "sql_variant") {
    writeVariant(writer, asVariant(value));
  } else if ("length" in type) {
    const bytes = sizedBytes(type, value);
    if (byteLength(type) === "max") {
      writePlp(writer, bytes);
    } else {
      writer.uint16(bytes.length);
      writer.bytes(bytes);
    }
  } else {
    const { write } = scalars[type.name];
    writer.counted(1, () => write(writer, value, digitsOf(type)));
  }
}

/** MS-TDS 2.2.5.2.3: a (max) value is its length, one chunk, and the empty chunk that ends it. */
function writePlp(writer: ByteWriter, bytes: Buffer): void {
  writer.uint64(BigInt(bytes.length));
  if (bytes.length > 0) {
    writer.uint32(bytes.length);
    writer.bytes(bytes);
  }
  writer.uint32(0);
}

/** The bytes of a character or binary value, cut and padded to what the column holds. */
function sizedBytes(type: SizedType, value: SqlValue): Buffer {
  const bytes = isBinary(type)
    ? asBuffer(value)
    : isUnicode(type)
      ? Buffer.from(asText(value), "utf16le")
      : encodeVarchar(asText(value));
  const limit = byteLength(type);
  if (limit === "max") return bytes;
  if (!isPadded(type) || bytes.length >= limit) return bytes.subarray(0, limit);
  const filler = isBinary(type) ? Buffer.from([0]) : Buffer.from(" ", isUnicode(type) ? "utf16le" : "latin1");
  return Buffer.concat([bytes, Buffer.alloc(limit - bytes.length, filler)]);
}

/** MS-TDS 2.2.5.5.4: a sql_variant is the base type, its properties, and the value without a length. */
function writeVariant(writer: ByteWriter, { type: declared, value }: Variant): void {
  const type = wireType(declared);
  if (value === null || type.name === "sql_variant" || isOldLarge(type)) writer.uint32(0);
  else if ("length" in type) writer.counted(4, () => writeSizedVariant(writer, type, value));
  else {
    const { variant, write } = scalars[type.name];
    const { precision, scale } = digitsOf(type);
    const properties = variantProperties(type, precision, scale);
    writer.counted(4, () => {
      writer.bytes(Buffer.from([variant, properties.length, ...properties]));
      write(writer, value, { precision, scale });
    });
  }
}

function variantProperties(type: SqlType, precision: number, scale: number): readonly number[] {
  if (type.name === "money" || type.name === "smallmoney") return [];
  if ("precision" in type) return [precision, scale];
  return "scale" in type ? [scale] : [];
}

function writeSizedVariant(writer: ByteWriter, type: SizedType, value: SqlValue): void {
  const limit = byteLength(type);
  writer.uint8(inRow[type.name]);
  writer.uint8(isBinary(type) ? 2 : 7);
  if (!isBinary(type)) writer.bytes(serverCollation);
  writer.uint16(limit === "max" ? largestInRow : limit);
  writer.bytes(sizedBytes(type, value).subarray(0, largestInRow));
}

function asVariant(value: SqlValue): Variant {
  if (typeof value === "object" && value !== null && "type" in value) return value;
  throw mismatch("sql_variant");
}
