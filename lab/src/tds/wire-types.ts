/** The data types of MS-TDS 2.2.5.4, by the specification's names. */
export const wire = {
  null: 0x1f,
  image: 0x22,
  text: 0x23,
  guid: 0x24,
  intN: 0x26,
  dateN: 0x28,
  timeN: 0x29,
  datetime2N: 0x2a,
  datetimeOffsetN: 0x2b,
  int1: 0x30,
  bit: 0x32,
  int2: 0x34,
  int4: 0x38,
  datetime4: 0x3a,
  float4: 0x3b,
  money: 0x3c,
  datetime: 0x3d,
  float8: 0x3e,
  variant: 0x62,
  nText: 0x63,
  bitN: 0x68,
  decimalN: 0x6a,
  numericN: 0x6c,
  floatN: 0x6d,
  moneyN: 0x6e,
  datetimeN: 0x6f,
  money4: 0x7a,
  int8: 0x7f,
  bigVarBinary: 0xa5,
  bigVarChar: 0xa7,
  bigBinary: 0xad,
  bigChar: 0xaf,
  nVarChar: 0xe7,
  nChar: 0xef,
} as const;

/** The length in TYPE_INFO that announces a (max) type. */
export const plpType = 0xffff;
/** The length of a value that is NULL, for types with two bytes of length. */
export const nullLength = 0xffff;
export const plpNull = 0xffff_ffff_ffff_ffffn;
export const plpUnknown = 0xffff_ffff_ffff_fffen;

/** The bytes of a decimal with its sign. */
export function decimalLength(precision: number): 5 | 9 | 13 | 17 {
  return precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;
}

/** The bytes of a time of day. */
export function timeLength(scale: number): 3 | 4 | 5 {
  return scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
}
