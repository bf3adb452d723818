import type { ConstraintName, TableDefinition } from "../stored";

/** The code and description in sys.objects. */
export type ObjectType = readonly [code: string, description: string];

export const userTable: ObjectType = ["U", "USER_TABLE"];

/** The constraints, which are named in a schema beside their table. Indexes of CREATE INDEX are not. */
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
