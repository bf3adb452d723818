import { int, money, type SqlType, type SqlValue, smallmoney, type Typed } from "../tsql/types";
import { ByteReader, ProtocolError } from "./bytes";
import { decodeVarchar } from "./collation";
import { readDate, readDatetime, readDatetime2, readDatetimeOffset, readSmallDatetime, readTime } from "./dates";
import type { OldLargeType } from "./old-large-types";
import { nullLength, plpNull, plpType, plpUnknown, wire } from "./wire-types";

/** A type that the specification knows and the lab does not (CLR types ...). */
export class UnsupportedType extends Error {
  constructor(readonly code: number) {
    super(`data type 0x${code.toString(16).padStart(2, "0").toUpperCase()}`);
  }
}

/** What TYPE_INFO describes: the type in T-SQL, and how a value of it is read. */
interface Incoming {
  readonly type: SqlType;
  read(reader: ByteReader): SqlValue;
}

/** Reads TYPE_INFO and the value behind it, as in the parameters of an RPC. */
export function readTyped(reader: ByteReader): Typed {
  const { type, read } = readTypeInfo(reader);
  return { type, value: read(reader) };
}

const integers: Readonly<Record<number, SqlType>> = {
  1: { name: "tinyint" },
  2: { name: "smallint" },
  4: int,
  8: { name: "bigint" },
};

function readTypeInfo(reader: ByteReader): Incoming {
  const code = reader.uint8();
  switch (code) {
    case wire.null:
      return { type: { name: "nvarchar", length: 1 }, read: () => null };
    case wire.int1:
    case wire.int2:
    case wire.int4:
    case wire.int8:
    case wire.bit:
    case wire.float4:
    case wire.float8:
    case wire.money:
    case wire.money4:
    case wire.datetime:
    case wire.datetime4:
      return fixed(code);
    case wire.intN:
    case wire.bitN:
    case wire.floatN:
    case wire.moneyN:
    case wire.datetimeN:
      return withLength(fixedOf(code, reader.uint8()));
    case wire.guid:
      reader.uint8();
      return withLength({ type: { name: "uniqueidentifier" }, length: 16, read: readGuid });
    case wire.decimalN:
    case wire.numericN: {
      reader.uint8();
      const type = {
        name: code === wire.decimalN ? "decimal" : "numeric",
        precision: reader.uint8(),
        scale: reader.uint8(),
      } as const;
      if (type.precision < 1 || type.precision > 38 || type.scale > type.precision)
        throw new ProtocolError("a decimal's precision");
      return withLength({ type, read: readDecimal });
    }
    case wire.dateN:
      return withLength({ type: { name: "date" }, length: 3, read: readDate });
    case wire.timeN:
    case wire.datetime2N:
    case wire.datetimeOffsetN:
      return withLength(temporal(code, reader.uint8()));
    case wire.bigVarBinary:
    case wire.bigBinary:
      return sized(code, reader.uint16(), undefined);
    case wire.bigVarChar:
    case wire.bigChar:
    case wire.nVarChar:
    case wire.nChar: {
      const length = reader.uint16();
      return sized(code, length, reader.bytes(5));
    }
    case wire.image:
      reader.uint32();
      return long({ name: "image", length: "max" }, undefined);
    case wire.text:
    case wire.nText:
      reader.uint32();
      return long({ name: code === wire.text ? "text" : "ntext", length: "max" }, reader.bytes(5));
    case wire.variant:
      reader.uint32();
      return { type: { name: "sql_variant" }, read: readVariant };
    default:
      throw new UnsupportedType(code);
  }
}

/** A type whose values have their length in front of them, or none because it never varies. */
interface Fixed {
  readonly type: SqlType;
  /** The only length that a value may have; undefined: any. */
  readonly length?: number;
  read(reader: ByteReader, length: number): SqlValue;
}

function fixed(code: number): Incoming {
  const { type, length, read } = fixedOf(code, 0);
  return { type, read: (reader) => read(reader, length ?? 0) };
}

function fixedOf(code: number, length: number): Fixed {
  const is = (single: number, group: number, groupLength: number): boolean =>
    code === single || (code === group && length === groupLength);
  if (is(wire.int1, wire.intN, 1)) return { type: integers[1] ?? int, length: 1, read: (reader) => reader.uint8() };
  if (is(wire.int2, wire.intN, 2)) return { type: integers[2] ?? int, length: 2, read: (reader) => reader.int16() };
  if (is(wire.int4, wire.intN, 4)) return { type: int, length: 4, read: (reader) => reader.int32() };
  if (is(wire.int8, wire.intN, 8)) return { type: { name: "bigint" }, length: 8, read: (reader) => reader.int64() };
  if (is(wire.bit, wire.bitN, 1)) {
    return { type: { name: "bit" }, length: 1, read: (reader) => (reader.uint8() === 0 ? 0 : 1) };
  }
  if (is(wire.float4, wire.floatN, 4)) return { type: { name: "real" }, length: 4, read: (reader) => reader.float() };
  if (is(wire.float8, wire.floatN, 8)) return { type: { name: "float" }, length: 8, read: (reader) => reader.double() };
  if (is(wire.money4, wire.moneyN, 4)) return { type: smallmoney, length: 4, read: (reader) => BigInt(reader.int32()) };
  if (is(wire.money, wire.moneyN, 8)) {
    return { type: money, length: 8, read: (reader) => (BigInt(reader.int32()) << 32n) | BigInt(reader.uint32()) };
  }
  if (is(wire.datetime4, wire.datetimeN, 4))
    return { type: { name: "smalldatetime" }, length: 4, read: readSmallDatetime };
  if (is(wire.datetime, wire.datetimeN, 8)) return { type: { name: "datetime" }, length: 8, read: readDatetime };
  throw new ProtocolError(`data type 0x${code.toString(16)} with ${length} bytes`);
}

/** Reads a value behind one byte of length; 0 is NULL. */
function withLength({ type, length: expected, read }: Fixed): Incoming {
  return {
    type,
    read(reader) {
      const length = reader.uint8();
      if (length === 0) return null;
      if (expected !== undefined && length !== expected) throw new ProtocolError(`a ${type.name} of ${length} bytes`);
      const value = reader.bytes(length);
      return read(new ByteReader(value), length);
    },
  };
}

function temporal(code: number, scale: number): Fixed {
  if (scale > 7) throw new ProtocolError(`a scale of ${scale}`);
  const checked = (length: number, extra: number): number => {
    if (length - extra < 3 || length - extra > 5) throw new ProtocolError(`a time of ${length} bytes`);
    return length;
  };
  if (code === wire.timeN) {
    return { type: { name: "time", scale }, read: (reader, length) => readTime(reader, scale, checked(length, 0)) };
  }
  if (code === wire.datetime2N) {
    return {
      type: { name: "datetime2", scale },
      read: (reader, length) => readDatetime2(reader, scale, checked(length, 3)),
    };
  }
  return {
    type: { name: "datetimeoffset", scale },
    read: (reader, length) => readDatetimeOffset(reader, scale, checked(length, 5)),
  };
}

function characters(
  name: "char" | "varchar" | "nchar" | "nvarchar" | "binary" | "varbinary",
  bytes: Buffer,
  collation: Buffer | undefined,
): SqlValue {
  if (!collation) return Buffer.from(bytes);
  if (name === "char" || name === "varchar") return decodeVarchar(bytes, collation);
  if (bytes.length % 2 !== 0) throw new ProtocolError("half a character");
  return bytes.toString("utf16le");
}

const sizedNames = {
  [wire.bigVarBinary]: "varbinary",
  [wire.bigBinary]: "binary",
  [wire.bigVarChar]: "varchar",
  [wire.bigChar]: "char",
  [wire.nVarChar]: "nvarchar",
  [wire.nChar]: "nchar",
} as const;

function sized(code: keyof typeof sizedNames, length: number, collation: Buffer | undefined): Incoming {
  const name = sizedNames[code];
  if (length === plpType) {
    return {
      type: { name, length: "max" },
      read(reader) {
        const bytes = readPlp(reader);
        return bytes === null ? null : characters(name, bytes, collation);
      },
    };
  }
  return {
    type: { name, length: name === "nvarchar" || name === "nchar" ? length >> 1 : length },
    read(reader) {
      const size = reader.uint16();
      return size === nullLength ? null : characters(name, reader.bytes(size), collation);
    },
  };
}

/** MS-TDS 2.2.5.2.3: a (max) value comes in chunks, up to an empty one. */
function readPlp(reader: ByteReader): Buffer | null {
  const total = reader.uint64();
  if (total === plpNull) return null;
  const chunks: Buffer[] = [];
  for (let size = reader.uint32(); size !== 0; size = reader.uint32()) chunks.push(reader.bytes(size));
  const bytes = Buffer.concat(chunks);
  if (total !== plpUnknown && total !== BigInt(bytes.length)) throw new ProtocolError("a (max) value's length");
  return bytes;
}

/** text, ntext and image as parameters have four bytes of length. */
function long(type: OldLargeType, collation: Buffer | undefined): Incoming {
  return {
    type,
    read(reader) {
      const size = reader.uint32();
      if (size === 0xffff_ffff) return null;
      return characters(
        type.name === "text" ? "varchar" : type.name === "ntext" ? "nvarchar" : "varbinary",
        reader.bytes(size),
        collation,
      );
    },
  };
}

/** A decimal is a sign, and as many bytes as the number needs: not every client fills it up to 4, 8, 12 or 16 of them. */
function readDecimal(reader: ByteReader, length: number): bigint {
  if (length < 2 || length > 17) throw new ProtocolError(`a decimal of ${length} bytes`);
  const negative = reader.uint8() === 0;
  let value = 0n;
  for (let shift = 0n; reader.remaining > 0; shift += 8n) value |= BigInt(reader.uint8()) << shift;
  return negative ? -value : value;
}

function readGuid(reader: ByteReader): string {
  const hex = (bytes: Buffer): string => bytes.toString("hex").toUpperCase();
  const swapped = (length: number): string => hex(Buffer.from(reader.bytes(length)).reverse());
  return `${swapped(4)}-${swapped(2)}-${swapped(2)}-${hex(reader.bytes(2))}-${hex(reader.bytes(6))}`;
}

/** Reads a sql_variant (MS-TDS 2.2.5.5.4). */
function readVariant(outer: ByteReader): SqlValue {
  const total = outer.uint32();
  if (total === 0) return null;
  const reader = new ByteReader(outer.bytes(total));
  const code = reader.uint8();
  const properties = new ByteReader(reader.bytes(reader.uint8()));
  const length = reader.remaining;
  switch (code) {
    case wire.guid:
      return { type: { name: "uniqueidentifier" }, value: readGuid(reader) };
    case wire.dateN:
      return { type: { name: "date" }, value: readDate(reader) };
    case wire.timeN:
    case wire.datetime2N:
    case wire.datetimeOffsetN: {
      const { type, read } = temporal(code, properties.uint8());
      return { type, value: read(reader, length) };
    }
    case wire.decimalN:
    case wire.numericN: {
      const name = code === wire.decimalN ? "decimal" : "numeric";
      return {
        type: { name, precision: properties.uint8(), scale: properties.uint8() },
        value: readDecimal(reader, length),
      };
    }
    case wire.bigVarBinary:
    case wire.bigBinary:
    case wire.bigVarChar:
    case wire.bigChar:
    case wire.nVarChar:
    case wire.nChar: {
      const name = sizedNames[code];
      const collation = name === "varbinary" || name === "binary" ? undefined : properties.bytes(5);
      const limit = properties.uint16();
      const type: SqlType = { name, length: name === "nvarchar" || name === "nchar" ? limit >> 1 : limit };
      return { type, value: characters(name, reader.bytes(length), collation) };
    }
    default: {
      const { type, read } = fixed(code);
      return { type, value: read(reader) };
    }
  }
}
