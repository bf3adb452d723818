import { findByName } from "../names";
import { type DeclaredRow, declareView } from "./declare";
import { storedObjects, storedTables } from "./user-objects";
import type { View } from "./view";

const named = (prefix: string) =>
  `${prefix}_CATALOG nvarchar(128), ${prefix}_SCHEMA nvarchar(128), ${prefix}_NAME sysname NOT NULL`;
const nameOf = (prefix: string, database: string, schema: string, name: string): DeclaredRow => ({
  [`${prefix}_CATALOG`]: database,
  [`${prefix}_SCHEMA`]: schema,
  [`${prefix}_NAME`]: name,
});

/** INFORMATION_SCHEMA's views of constraints, routines and views, in upper case as the standard has them. */
export const constraintInformation: Readonly<Record<string, View>> = {
  table_constraints: declareView(
    `${named("CONSTRAINT")}, TABLE_CATALOG nvarchar(128), TABLE_SCHEMA nvarchar(128), TABLE_NAME sysname,
    CONSTRAINT_TYPE varchar(11), IS_DEFERRABLE varchar(2) NOT NULL, INITIALLY_DEFERRED varchar(2) NOT NULL`,
    (server, session) =>
      storedTables(server, session).flatMap(({ name, schema, definition: { keys, checks, foreignKeys } }) => {
        const row = (constraint: string, type: string) => ({
          ...nameOf("CONSTRAINT", session.database, schema, constraint),
          ...nameOf("TABLE", session.database, schema, name),
          CONSTRAINT_TYPE: type,
          IS_DEFERRABLE: "NO",
          INITIALLY_DEFERRED: "NO",
        });
        return [
          ...keys
            .filter(({ kind }) => kind !== "index")
            .map((key) => row(key.name, key.kind === "primary" ? "PRIMARY KEY" : "UNIQUE")),
          ...foreignKeys.map((key) => row(key.name, "FOREIGN KEY")),
          ...checks.map((check) => row(check.name, "CHECK")),
        ];
      }),
  ),

  key_column_usage: declareView(
    `${named("CONSTRAINT")}, TABLE_CATALOG nvarchar(128), TABLE_SCHEMA nvarchar(128), TABLE_NAME sysname,
    COLUMN_NAME sysname, ORDINAL_POSITION int NOT NULL`,
    (server, session) =>
      storedTables(server, session).flatMap(({ name, schema, definition: { keys, foreignKeys } }) =>
        [...keys.filter(({ kind }) => kind !== "index"), ...foreignKeys].flatMap((key) =>
          key.columns.map((column, index) => ({
            ...nameOf("CONSTRAINT", session.database, schema, key.name),
            ...nameOf("TABLE", session.database, schema, name),
            COLUMN_NAME: column,
            ORDINAL_POSITION: index + 1,
          })),
        ),
      ),
  ),

  referential_constraints: declareView(
    `${named("CONSTRAINT")}, UNIQUE_CONSTRAINT_CATALOG nvarchar(128), UNIQUE_CONSTRAINT_SCHEMA nvarchar(128),
    UNIQUE_CONSTRAINT_NAME sysname, MATCH_OPTION varchar(7), UPDATE_RULE varchar(11), DELETE_RULE varchar(11)`,
    (server, session) => {
      const objects = findByName(server.instance.databases, session.database)?.store.objects;
      return storedTables(server, session).flatMap(({ schema, definition: { foreignKeys } }) =>
        foreignKeys.map((key) => {
          const target = objects?.get(key.references);
          const unique =
            target?.kind === "table"
              ? target.definition.keys.find(({ columns }) => columns.join() === key.referencedColumns.join())
              : undefined;
          return {
            ...nameOf("CONSTRAINT", session.database, schema, key.name),
            ...(unique && nameOf("UNIQUE_CONSTRAINT", session.database, target?.schema ?? schema, unique.name)),
            MATCH_OPTION: "SIMPLE",
            UPDATE_RULE: key.onUpdate,
            DELETE_RULE: key.onDelete,
          };
        }),
      );
    },
  ),

  check_constraints: declareView(`${named("CONSTRAINT")}, CHECK_CLAUSE nvarchar(4000)`, (server, session) =>
    storedTables(server, session).flatMap(({ schema, definition: { checks } }) =>
      checks.map(({ name, text }) => ({
        ...nameOf("CONSTRAINT", session.database, schema, name),
        CHECK_CLAUSE: text,
      })),
    ),
  ),

  constraint_column_usage: declareView(
    `TABLE_CATALOG nvarchar(128), TABLE_SCHEMA nvarchar(128), TABLE_NAME nvarchar(128) NOT NULL, COLUMN_NAME nvarchar(128),
    ${named("CONSTRAINT")}`,
    (server, session) =>
      storedTables(server, session).flatMap(({ name, schema, definition: { keys, foreignKeys } }) =>
        [...keys.filter(({ kind }) => kind !== "index"), ...foreignKeys].flatMap((key) =>
          key.columns.map((column) => ({
            ...nameOf("TABLE", session.database, schema, name),
            COLUMN_NAME: column,
            ...nameOf("CONSTRAINT", session.database, schema, key.name),
          })),
        ),
      ),
  ),

  views: declareView(
    `TABLE_CATALOG nvarchar(128), TABLE_SCHEMA nvarchar(128), TABLE_NAME sysname NOT NULL, VIEW_DEFINITION nvarchar(4000),
    CHECK_OPTION varchar(7), IS_UPDATABLE varchar(2) NOT NULL`,
    (server, session) =>
      storedObjects(server, session).flatMap((object) =>
        object.kind === "view"
          ? [
              {
                ...nameOf("TABLE", session.database, object.schema, object.name),
                VIEW_DEFINITION: object.text,
                CHECK_OPTION: "NONE",
                IS_UPDATABLE: "NO",
              },
            ]
          : [],
      ),
  ),
};
