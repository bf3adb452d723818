import type { SqlType, SqlValue, Variant } from "../tsql/types";
import { ByteWriter } from "./bytes";
import { encodeVarchar, serverCollation } from "./collation";
import { writeDate, writeDatetime, writeSmallDatetime, writeTime } from "./dates";
import { decimalLength, nullLength, plpNull, plpType, timeLength, wire } from "./wire-types";

type CharacterType = Extract<SqlType, { readonly length: number | "max" }>;

const integerLength = { tinyint: 1, smallint: 2, int: 4, bigint: 8 } as const;
const sizedTypes = {
  char: wire.bigChar,
  varchar: wire.bigVarChar,
  nchar: wire.nChar,
  nvarchar: wire.nVarChar,
  binary: wire.bigBinary,
  varbinary: wire.bigVarBinary,
} as const;
const largestInRow = 8000;

const isBinary = (type: CharacterType): boolean => type.name === "binary" || type.name === "varbinary";
const isUnicode = (type: CharacterType): boolean => type.name === "nchar" || type.name === "nvarchar";

/** Bytes that a value may have; "max" beyond what a row holds. */
function byteLength(type: CharacterType): number | "max" {
  if (type.length === "max") return "max";
  const bytes = Math.max(1, type.length) * (isUnicode(type) ? 2 : 1);
  return bytes > largestInRow ? "max" : bytes;
}

const withoutMaximum = { char: wire.bigVarChar, nchar: wire.nVarChar, binary: wire.bigVarBinary } as const;

export function writeTypeInfo(writer: ByteWriter, type: SqlType): void {
  switch (type.name) {
    case "bit":
      writer.bytes(Buffer.from([wire.bitN, 1]));
      return;
    case "tinyint":
    case "smallint":
    case "int":
    case "bigint":
      writer.bytes(Buffer.from([wire.intN, integerLength[type.name]]));
      return;
    case "real":
      writer.bytes(Buffer.from([wire.floatN, 4]));
      return;
    case "float":
      writer.bytes(Buffer.from([wire.floatN, 8]));
      return;
    case "decimal":
    case "numeric": {
      const code = type.name === "decimal" ? wire.decimalN : wire.numericN;
      writer.bytes(Buffer.from([code, decimalLength(type.precision), type.precision, type.scale]));
      return;
    }
    case "date":
      writer.uint8(wire.dateN);
      return;
    case "datetime":
      writer.bytes(Buffer.from([wire.datetimeN, 8]));
      return;
    case "smalldatetime":
      writer.bytes(Buffer.from([wire.datetimeN, 4]));
      return;
    case "time":
      writer.bytes(Buffer.from([wire.timeN, type.scale]));
      return;
    case "datetime2":
      writer.bytes(Buffer.from([wire.datetime2N, type.scale]));
      return;
    case "datetimeoffset":
      writer.bytes(Buffer.from([wire.datetimeOffsetN, type.scale]));
      return;
    case "uniqueidentifier":
      writer.bytes(Buffer.from([wire.guid, 16]));
      return;
    case "sql_variant":
      writer.uint8(wire.variant);
      writer.uint32(8009);
      return;
    default: {
      const length = byteLength(type);
      const fixed = type.name === "char" || type.name === "nchar" || type.name === "binary" ? type.name : undefined;
      writer.uint8(length === "max" && fixed ? withoutMaximum[fixed] : sizedTypes[type.name]);
      writer.uint16(length === "max" ? plpType : length);
      if (!isBinary(type)) writer.bytes(serverCollation);
    }
  }
}

/** Bytes that a NULL of this type takes in a ROW; in an NBCROW it takes none. */
export function nullCost(type: SqlType): number {
  if (type.name === "sql_variant") return 4;
  if (!("length" in type)) return 1;
  return byteLength(type) === "max" ? 8 : 2;
}

export function writeNull(writer: ByteWriter, type: SqlType): void {
  if (type.name === "sql_variant") writer.uint32(0);
  else if (!("length" in type)) writer.uint8(0);
  else if (byteLength(type) === "max") writer.uint64(plpNull);
  else writer.uint16(nullLength);
}

export function writeValue(writer: ByteWriter, type: SqlType, value: SqlValue): void {
  if (value === null) {
    writeNull(writer, type);
  } else if (type.name === "sql_variant") {
    writeVariant(writer, asVariant(value));
  } else if ("length" in type) {
    const limit = byteLength(type);
    const bytes = characterBytes(type, value);
    if (limit === "max") {
      writer.uint64(BigInt(bytes.length));
      if (bytes.length > 0) {
        writer.uint32(bytes.length);
        writer.bytes(bytes);
      }
      writer.uint32(0);
    } else {
      writer.uint16(bytes.length);
      writer.bytes(bytes);
    }
  } else {
    const scratch = new ByteWriter();
    writeScalar(scratch, type, value);
    writer.uint8(scratch.length);
    writer.bytes(scratch.take());
  }
}

/** The bytes of a character or binary value, cut and padded to what the column holds. */
function characterBytes(type: CharacterType, value: SqlValue): Buffer {
  const bytes = isBinary(type)
    ? asBuffer(value)
    : isUnicode(type)
      ? Buffer.from(asText(value), "utf16le")
      : encodeVarchar(asText(value));
  const limit = byteLength(type);
  if (limit === "max") return bytes;
  const padded = type.name === "char" || type.name === "nchar" || type.name === "binary";
  if (!padded || bytes.length >= limit) return bytes.subarray(0, limit);
  const filler = type.name === "binary" ? Buffer.from([0]) : type.name === "char" ? " " : Buffer.from(" ", "utf16le");
  return Buffer.concat([bytes, Buffer.alloc(limit - bytes.length, filler)]);
}

type ScalarType = Exclude<SqlType, CharacterType | { readonly name: "sql_variant" }>;

/** A value without its length. */
function writeScalar(writer: ByteWriter, type: ScalarType, value: SqlValue): void {
  switch (type.name) {
    case "bit":
      return writer.uint8(Number(value) === 0 ? 0 : 1);
    case "tinyint":
      return writer.uint8(asNumber(value));
    case "smallint":
      return writer.int16(asNumber(value));
    case "int":
      return writer.int32(asNumber(value));
    case "bigint":
      return writer.int64(asBigint(value));
    case "real":
      return writer.float(asNumber(value));
    case "float":
      return writer.double(asNumber(value));
    case "decimal":
    case "numeric":
      return writeDecimal(writer, asBigint(value), decimalLength(type.precision) - 1);
    case "date":
      return writeDate(writer, asDate(value));
    case "datetime":
      return writeDatetime(writer, asDate(value));
    case "smalldatetime":
      return writeSmallDatetime(writer, asDate(value));
    case "time":
      return writeTime(writer, asDate(value), type.scale);
    case "datetime2":
      writeTime(writer, asDate(value), type.scale);
      return writeDate(writer, asDate(value));
    case "datetimeoffset":
      writeTime(writer, asDate(value), type.scale);
      writeDate(writer, asDate(value));
      return writer.int16(0);
    case "uniqueidentifier":
      return writer.bytes(guidBytes(asText(value)));
  }
}

/** The sign, then the digits as one unsigned number. */
function writeDecimal(writer: ByteWriter, value: bigint, length: number): void {
  writer.uint8(value < 0n ? 0 : 1);
  let rest = value < 0n ? -value : value;
  for (let at = 0; at < length; at += 4) {
    writer.uint32(Number(rest & 0xffff_ffffn));
    rest >>= 32n;
  }
  if (rest > 0n) throw new TypeError("a decimal has more digits than its precision");
}

/** The first three groups are little endian. */
function guidBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replace(/[^0-9a-f]/gi, ""), "hex");
  if (bytes.length !== 16) throw new TypeError("a uniqueidentifier does not have 16 bytes");
  return Buffer.concat([
    bytes.subarray(0, 4).reverse(),
    bytes.subarray(4, 6).reverse(),
    bytes.subarray(6, 8).reverse(),
    bytes.subarray(8),
  ]);
}

const variantCodes = {
  bit: wire.bit,
  tinyint: wire.int1,
  smallint: wire.int2,
  int: wire.int4,
  bigint: wire.int8,
  real: wire.float4,
  float: wire.float8,
  decimal: wire.decimalN,
  numeric: wire.numericN,
  date: wire.dateN,
  datetime: wire.datetime,
  smalldatetime: wire.datetime4,
  time: wire.timeN,
  datetime2: wire.datetime2N,
  datetimeoffset: wire.datetimeOffsetN,
  uniqueidentifier: wire.guid,
} as const;

/** MS-TDS 2.2.5.5.4: base type, its properties, the value without a length. */
function writeVariant(writer: ByteWriter, { type, value }: Variant): void {
  if (value === null || type.name === "sql_variant") {
    writer.uint32(0);
    return;
  }
  const body = new ByteWriter();
  if ("length" in type) {
    const bytes = characterBytes(type, value).subarray(0, largestInRow);
    const limit = byteLength(type);
    body.uint8(sizedTypes[type.name]);
    body.uint8(isBinary(type) ? 2 : 7);
    if (!isBinary(type)) body.bytes(serverCollation);
    body.uint16(limit === "max" ? largestInRow : limit);
    body.bytes(bytes);
  } else {
    const properties = "precision" in type ? [type.precision, type.scale] : "scale" in type ? [type.scale] : [];
    body.bytes(Buffer.from([variantCodes[type.name], properties.length, ...properties]));
    writeScalar(body, type, value);
  }
  writer.uint32(body.length);
  writer.bytes(body.take());
}

const mismatch = (wanted: string): TypeError => new TypeError(`the value of a result is not a ${wanted}`);

function asNumber(value: SqlValue): number {
  if (typeof value === "number") return value;
  throw mismatch("number");
}
function asBigint(value: SqlValue): bigint {
  if (typeof value === "bigint") return value;
  throw mismatch("bigint");
}
function asText(value: SqlValue): string {
  if (typeof value === "string") return value;
  throw mismatch("string");
}
function asBuffer(value: SqlValue): Buffer {
  if (Buffer.isBuffer(value)) return value;
  throw mismatch("Buffer");
}
function asDate(value: SqlValue): Date {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value;
  throw mismatch("Date");
}
function asVariant(value: SqlValue): Variant {
  if (typeof value === "object" && value !== null && "type" in value) return value;
  throw mismatch("sql_variant");
}
