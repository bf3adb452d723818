import { referencedKey } from "../../tsql/data/foreign-keys";
import type { ForeignKey, Key, StoredTable } from "../../tsql/data/store";
import { constraintsOf } from "../../tsql/executor/define";
import type { Session } from "../../tsql/host";
import { sameName } from "../../tsql/values/collation";
import { findByName } from "../names";
import type { Server } from "../server";
import { type DeclaredRow, declareView } from "./declare";
import { indexesOf, indexRows, storedTables, userObjects } from "./user-objects";

const objectColumns = `name sysname NOT NULL, object_id int NOT NULL, principal_id int, schema_id int NOT NULL,
  parent_object_id int NOT NULL, type char(2) NOT NULL, type_desc nvarchar(60), create_date datetime NOT NULL,
  modify_date datetime NOT NULL, is_ms_shipped bit NOT NULL, is_published bit NOT NULL, is_schema_published bit NOT NULL`;

/** What all constraints of a kind have, and by their id what only this kind has. */
function constraints(
  codes: readonly string[],
  more: (table: StoredTable, id: number, session: Session, server: Server) => DeclaredRow,
) {
  return (server: Server, session: Session): DeclaredRow[] => {
    const tables = new Map(storedTables(server, session).map((table) => [table.id, table]));
    return userObjects(server, session)
      .filter(({ type }) => codes.includes(type[0]))
      .map(({ id, name, schemaId, parentId, type, created, modified }) => {
        const table = tables.get(parentId);
        return {
          name,
          object_id: id,
          schema_id: schemaId,
          parent_object_id: parentId,
          type: type[0].padEnd(2),
          type_desc: type[1],
          create_date: created,
          modify_date: modified,
          is_system_named: Number(table ? isSystemNamed(table, id) : false),
          ...(table && more(table, id, session, server)),
        };
      });
  };
}

const isSystemNamed = ({ definition }: StoredTable, id: number): boolean =>
  constraintsOf(definition).some((constraint) => constraint.id === id && constraint.isSystemNamed);

const columnId = ({ columns }: StoredTable, name: string | undefined): number =>
  columns.find((column) => name !== undefined && sameName(column.name, name))?.id ?? 0;

/** The number of an index among those of its table, as sys.indexes has it. */
const indexId = (table: StoredTable, key: Key | undefined): number | null =>
  indexesOf(table).find((row) => row.key === key)?.id ?? null;

export const keyConstraints = declareView(
  `${objectColumns}, unique_index_id int, is_system_named bit NOT NULL, is_enforced bit SINCE 2017`,
  constraints(["PK", "UQ"], (table, id) => ({
    unique_index_id: indexId(
      table,
      table.definition.keys.find((key) => key.id === id),
    ),
    is_enforced: 1,
  })),
);

export const checkConstraints = declareView(
  `${objectColumns}, is_disabled bit NOT NULL, is_not_for_replication bit NOT NULL, is_not_trusted bit NOT NULL,
  parent_column_id int NOT NULL, definition nvarchar(max), uses_database_collation bit, is_system_named bit NOT NULL`,
  constraints(["C"], (table, id) => {
    const check = table.definition.checks.find((candidate) => candidate.id === id);
    return { parent_column_id: columnId(table, check?.column), definition: check?.text ?? null };
  }),
);

export const defaultConstraints = declareView(
  `${objectColumns}, parent_column_id int NOT NULL, definition nvarchar(max), is_system_named bit NOT NULL`,
  constraints(["D"], (table, id) => {
    const column = table.columns.find((candidate) => candidate.default?.id === id);
    return { parent_column_id: column?.id ?? 0, definition: column?.default?.text ?? null };
  }),
);

function referencedBy(server: Server, session: Session, table: StoredTable, id: number) {
  const key = table.definition.foreignKeys.find((candidate) => candidate.id === id);
  return { key, target: key && referencedTable(server, session, key) };
}

export function referencedTable({ instance }: Server, session: Session, key: ForeignKey): StoredTable | undefined {
  const target = findByName(instance.databases, session.database)?.store.objects.get(key.references);
  return target?.kind === "table" ? target : undefined;
}

export const foreignKeys = declareView(
  `${objectColumns}, referenced_object_id int, key_index_id int, is_disabled bit NOT NULL,
  is_not_for_replication bit NOT NULL, is_not_trusted bit NOT NULL, delete_referential_action tinyint,
  delete_referential_action_desc nvarchar(60), update_referential_action tinyint,
  update_referential_action_desc nvarchar(60), is_system_named bit NOT NULL`,
  constraints(["F"], (table, id, session, server) => {
    const { key, target } = referencedBy(server, session, table, id);
    return {
      referenced_object_id: target?.id ?? null,
      key_index_id: target && key ? indexId(target, referencedKey(target.definition, key.referencedColumns)) : null,
      delete_referential_action: 0,
      delete_referential_action_desc: "NO_ACTION",
      update_referential_action: 0,
      update_referential_action_desc: "NO_ACTION",
    };
  }),
);

export const foreignKeyColumns = declareView(
  `constraint_object_id int NOT NULL, constraint_column_id int NOT NULL, parent_object_id int NOT NULL,
  parent_column_id int NOT NULL, referenced_object_id int NOT NULL, referenced_column_id int NOT NULL`,
  (server, session) =>
    storedTables(server, session).flatMap((table) =>
      table.definition.foreignKeys.flatMap(({ id, columns, referencedColumns }) => {
        const { target } = referencedBy(server, session, table, id);
        return columns.map((column, index) => ({
          constraint_object_id: id,
          constraint_column_id: index + 1,
          parent_object_id: table.id,
          parent_column_id: columnId(table, column),
          referenced_object_id: target?.id ?? null,
          referenced_column_id: target ? columnId(target, referencedColumns[index]) : null,
        }));
      }),
    ),
);

export const indexColumns = declareView(
  `object_id int NOT NULL, index_id int NOT NULL, index_column_id int NOT NULL, column_id int NOT NULL,
  key_ordinal tinyint NOT NULL, partition_ordinal tinyint NOT NULL, is_descending_key bit, is_included_column bit,
  column_store_order_ordinal tinyint NOT NULL SINCE 2022`,
  (server, session) =>
    indexRows(server, session).flatMap(({ table, key, id }) => {
      return (key?.columns ?? []).map((column, index) => ({
        object_id: table.id,
        index_id: id,
        index_column_id: index + 1,
        column_id: columnId(table, column),
        key_ordinal: index + 1,
        is_descending_key: Number(key?.descending.includes(column)),
        is_included_column: 0,
      }));
    }),
);
