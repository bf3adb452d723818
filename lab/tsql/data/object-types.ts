import type { StoredObject } from "./store";

/** Code and description, as sys.objects has them. */
export type ObjectType = readonly [code: string, description: string];

const types = {
  table: ["U", "USER_TABLE"],
  view: ["V", "VIEW"],
  procedure: ["P", "SQL_STORED_PROCEDURE"],
  sequence: ["SO", "SEQUENCE_OBJECT"],
  synonym: ["SN", "SYNONYM"],
  type: ["TT", "TYPE_TABLE"],
  trigger: ["TR", "SQL_TRIGGER"],
} as const;

const functionTypes = {
  scalar: ["FN", "SQL_SCALAR_FUNCTION"],
  inline: ["IF", "SQL_INLINE_TABLE_VALUED_FUNCTION"],
  table: ["TF", "SQL_TABLE_VALUED_FUNCTION"],
} as const;

export function typeOf(object: Exclude<StoredObject, { readonly kind: "schema" }>): ObjectType {
  return object.kind === "function" ? functionTypes[object.returns.kind] : types[object.kind];
}
