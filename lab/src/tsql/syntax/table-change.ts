import type { ObjectName } from "./object-name";
import type { ColumnDefinition, IndexDefinition, TableBody } from "./table-definition";

export type AlterTableAction =
  | { readonly kind: "add"; readonly body: TableBody }
  | { readonly kind: "dropColumn" | "dropConstraint"; readonly names: readonly string[]; readonly ifExists: boolean }
  | { readonly kind: "alterColumn"; readonly column: ColumnDefinition };

/** Statements that define tables, indexes and schemas in a database. */
export type DefinitionStatement =
  | { readonly kind: "createTable"; readonly table: ObjectName; readonly body: TableBody }
  | { readonly kind: "declareTable"; readonly name: string; readonly body: TableBody }
  | { readonly kind: "alterTable"; readonly table: ObjectName; readonly action: AlterTableAction }
  | {
      readonly kind: "dropObject";
      readonly type: "TABLE" | "SCHEMA";
      readonly names: readonly ObjectName[];
      readonly ifExists: boolean;
    }
  | ({ readonly kind: "createIndex"; readonly table: ObjectName } & IndexDefinition)
  | { readonly kind: "dropIndex"; readonly name: string; readonly table: ObjectName; readonly ifExists: boolean }
  | { readonly kind: "createSchema"; readonly name: string }
  | { readonly kind: "setIdentityInsert"; readonly table: ObjectName; readonly isOn: boolean };
