import type { ConstraintName, TableDefinition } from "../stored";

/** Code and description, as sys.objects has them. */
export type ObjectType = readonly [code: string, description: string];

export const userTable: ObjectType = ["U", "USER_TABLE"];

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
