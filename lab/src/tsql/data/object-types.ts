import type { ConstraintName, SchemaObject, TableDefinition } from "./store";

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

export function typeOf(object: SchemaObject): ObjectType {
  return object.kind === "function" ? functionTypes[object.returns.kind] : types[object.kind];
}

/** What is named in a schema beside its table. Indexes of CREATE INDEX are not. */
export function typedConstraints(definition: TableDefinition): (ConstraintName & { readonly type: ObjectType })[] {
  const { keys, checks, foreignKeys, columns } = definition;
  const as =
    (...type: ObjectType) =>
    (constraint: ConstraintName) => ({ ...constraint, type });
  return [
    ...keys.filter(({ kind }) => kind === "primary").map(as("PK", "PRIMARY_KEY_CONSTRAINT")),
    ...keys.filter(({ kind }) => kind === "unique").map(as("UQ", "UNIQUE_CONSTRAINT")),
    ...checks.map(as("C", "CHECK_CONSTRAINT")),
    ...foreignKeys.map(as("F", "FOREIGN_KEY_CONSTRAINT")),
    ...columns.flatMap((column) => (column.default ? [column.default] : [])).map(as("D", "DEFAULT_CONSTRAINT")),
  ];
}
