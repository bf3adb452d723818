import { int, type SqlType } from "../types";
import { convertValue, requireConvertible } from "../values/convert";
import { commonType } from "../values/type-rules";
import type { Bound } from "./scope";

/** The common type of several alternatives; int where all of them are NULL. */
export function unified(alternatives: readonly Bound[]): SqlType {
  const typed = alternatives.filter((alternative) => !alternative.isNull);
  return typed.map(({ type }) => type).reduce((a, b) => commonType(a, b), typed[0]?.type ?? int);
}

/** Converts an expression to another type. */
export function coerce(bound: Bound, type: SqlType): Bound {
  if (bound.isNull) return { ...bound, type };
  requireConvertible(bound.type, type, false);
  if (JSON.stringify(bound.type) === JSON.stringify(type)) return bound;
  return { ...bound, digits: undefined, type, value: (frame) => convertValue(bound.value(frame), bound.type, type) };
}
