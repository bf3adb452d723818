import type { SqlType, SqlValue } from "../tsql/types";
import type { ByteWriter } from "./bytes";
import { writeDate, writeDatetime, writeDatetime2, writeDatetimeOffset, writeSmallDatetime, writeTime } from "./dates";
import { decimalLength, wire } from "./wire-types";

/** Types whose values have one byte of length in front of them. */
type ScalarName = Exclude<
  SqlType["name"],
  Extract<SqlType, { readonly length: number | "max" }>["name"] | "sql_variant"
>;

interface Digits {
  readonly precision: number;
  readonly scale: number;
}

interface Scalar {
  /** The bytes of a column's TYPE_INFO. */
  readonly info: (digits: Digits) => readonly number[];
  /** The base type inside sql_variant, where no value is NULL. */
  readonly variant: number;
  readonly write: (writer: ByteWriter, value: SqlValue, digits: Digits) => void;
}

const fixed = (code: number, length: number, variant: number, write: Scalar["write"]): Scalar => ({
  info: () => [code, length],
  variant,
  write,
});
const decimal = (code: number): Scalar => ({
  info: ({ precision, scale }) => [code, decimalLength(precision), precision, scale],
  variant: code,
  write: (writer, value, { precision }) => writeDecimal(writer, asBigint(value), decimalLength(precision) - 1),
});
const temporal = (code: number, write: (writer: ByteWriter, value: Date, scale: number) => void): Scalar => ({
  info: ({ scale }) => [code, scale],
  variant: code,
  write: (writer, value, { scale }) => write(writer, asDate(value), scale),
});

/** The way in which each of these types is written. */
export const scalars: Readonly<Record<ScalarName, Scalar>> = {
  bit: fixed(wire.bitN, 1, wire.bit, (writer, value) => writer.uint8(asNumber(value) === 0 ? 0 : 1)),
  tinyint: fixed(wire.intN, 1, wire.int1, (writer, value) => writer.uint8(asNumber(value))),
  smallint: fixed(wire.intN, 2, wire.int2, (writer, value) => writer.int16(asNumber(value))),
  int: fixed(wire.intN, 4, wire.int4, (writer, value) => writer.int32(asNumber(value))),
  bigint: fixed(wire.intN, 8, wire.int8, (writer, value) => writer.int64(asBigint(value))),
  real: fixed(wire.floatN, 4, wire.float4, (writer, value) => writer.float(asNumber(value))),
  float: fixed(wire.floatN, 8, wire.float8, (writer, value) => writer.double(asNumber(value))),
  money: fixed(wire.moneyN, 8, wire.money, (writer, value) => {
    // The high half of a money comes first.
    writer.int32(Number(asBigint(value) >> 32n));
    writer.uint32(Number(asBigint(value) & 0xffff_ffffn));
  }),
  smallmoney: fixed(wire.moneyN, 4, wire.money4, (writer, value) => writer.int32(Number(asBigint(value)))),
  decimal: decimal(wire.decimalN),
  numeric: decimal(wire.numericN),
  datetime: fixed(wire.datetimeN, 8, wire.datetime, (writer, value) => writeDatetime(writer, asDate(value))),
  smalldatetime: fixed(wire.datetimeN, 4, wire.datetime4, (writer, value) => writeSmallDatetime(writer, asDate(value))),
  uniqueidentifier: fixed(wire.guid, 16, wire.guid, (writer, value) => writer.bytes(guidBytes(asText(value)))),
  date: {
    info: () => [wire.dateN],
    variant: wire.dateN,
    write: (writer, value) => writeDate(writer, asDate(value)),
  },
  time: temporal(wire.timeN, writeTime),
  datetime2: temporal(wire.datetime2N, writeDatetime2),
  datetimeoffset: temporal(wire.datetimeOffsetN, writeDatetimeOffset),
};

export function digitsOf(type: SqlType): Digits {
  return { precision: "precision" in type ? type.precision : 0, scale: "scale" in type ? type.scale : 0 };
}

/** A decimal is its sign, then its digits as one unsigned number. */
function writeDecimal(writer: ByteWriter, value: bigint, length: number): void {
  writer.uint8(value < 0n ? 0 : 1);
  let rest = value < 0n ? -value : value;
  for (let at = 0; at < length; at += 4) {
    writer.uint32(Number(rest & 0xffff_ffffn));
    rest >>= 32n;
  }
  if (rest > 0n) throw new TypeError("a decimal has more digits than its precision");
}

/** The first three groups of a guid are little endian. */
function guidBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replace(/[^0-9a-f]/gi, ""), "hex");
  if (bytes.length !== 16) throw new TypeError("a uniqueidentifier does not have 16 bytes");
  for (const [start, end] of [
    [0, 4],
    [4, 6],
    [6, 8],
  ] as const) {
    bytes.subarray(start, end).reverse();
  }
  return bytes;
}

export const mismatch = (wanted: string): TypeError => new TypeError(`the value of a result is not a ${wanted}`);

export function asBuffer(value: SqlValue): Buffer {
  if (Buffer.isBuffer(value)) return value;
  throw mismatch("Buffer");
}
function asNumber(value: SqlValue): number {
  if (typeof value === "number") return value;
  throw mismatch("number");
}
function asBigint(value: SqlValue): bigint {
  if (typeof value === "bigint") return value;
  throw mismatch("bigint");
}
function asDate(value: SqlValue): Date {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value;
  throw mismatch("Date");
}
export function asText(value: SqlValue): string {
  if (typeof value === "string") return value;
  throw mismatch("string");
}
