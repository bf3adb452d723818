import { requireUnlocked } from "../../tsql/data/locks";
import { typedConstraints, userTable } from "../../tsql/data/object-types";
import { type Schema, schemasOf } from "../../tsql/data/schemas";
import { openTransaction } from "../../tsql/data/session-data";
import type { Key, StoredObject, StoredTable } from "../../tsql/data/store";
import type { Session } from "../../tsql/host";
import { bit, int, nvarchar, sysname } from "../../tsql/types";
import { seesObject } from "../database-permissions";
import { findByName } from "../names";
import { seesDefinitions } from "../permissions";
import type { Server } from "../server";
import { char, datetime, defineView, type Field, type Fields, tinyint } from "./view";

/** A row of sys.objects: a table, or a constraint of one. */
export interface UserObject {
  readonly id: number;
  readonly name: string;
  readonly schemaId: number;
  readonly parentId: number;
  readonly type: readonly [code: string, description: string];
  readonly created: Date;
  readonly modified: Date;
  readonly columnCount?: number;
}

/** What the session's database has. Throws LockWait where another transaction is changing it, as the server waits. */
export function storedObjects(server: Server, session: Session): StoredObject[] {
  const database = findByName(server.instance.databases, session.database);
  if (!database) return [];
  const { store } = database;
  for (const key of store.locks.keys()) requireUnlocked({ store, key }, "Sch-S", openTransaction(session));
  const all = [...store.objects.values()];
  if (seesDefinitions(server, session)) return all;
  return all.filter((object) => object.kind !== "schema" && seesObject(server, session, database, object));
}

export function storedTables(server: Server, session: Session): StoredTable[] {
  return storedObjects(server, session).filter((object) => object.kind === "table");
}

function schemaIds(objects: readonly StoredObject[]): (name: string) => number {
  const ids = new Map(schemasOf(objects).map(({ id, name }) => [name.toLowerCase(), id]));
  return (name) => ids.get(name.toLowerCase()) ?? 1;
}

export function userObjects(server: Server, session: Session): UserObject[] {
  const objects = storedObjects(server, session);
  const schemaId = schemaIds(objects);
  return objects.flatMap((object) => {
    if (object.kind === "schema") return [];
    const { id, name, created, modified, columns } = object;
    const own: UserObject = {
      id,
      name,
      schemaId: schemaId(object.schema),
      parentId: 0,
      type: userTable,
      created,
      modified,
      columnCount: columns.length,
    };
    return [own, ...constraintsOf(object, own)];
  });
}

const constraintsOf = ({ definition }: StoredTable, own: UserObject): UserObject[] =>
  typedConstraints(definition).map(({ id, name, type }) => ({ ...own, id, name, parentId: own.id, type }));

/** The columns that sys.objects has, and sys.tables and sys.all_views begin with. */
export function objectFields(
  { required, optional }: Fields<UserObject>,
  isShipped: (object: UserObject) => number = () => 0,
): Field<UserObject>[] {
  return [
    required("name", sysname, ({ name }) => name),
    required("object_id", int, ({ id }) => id),
    optional("principal_id", int, null),
    required("schema_id", int, ({ schemaId }) => schemaId),
    required("parent_object_id", int, ({ parentId }) => parentId),
    optional("type", char(2), ({ type }) => type[0].padEnd(2)),
    optional("type_desc", nvarchar(60), ({ type }) => type[1]),
    required("create_date", datetime, ({ created }) => created),
    required("modify_date", datetime, ({ modified }) => modified),
    required("is_ms_shipped", bit, isShipped),
    required("is_published", bit, 0),
    required("is_schema_published", bit, 0),
  ];
}

export const objects = defineView<UserObject>((fields) => objectFields(fields), userObjects);
export function viewFields(fields: Fields<UserObject>): Field<UserObject>[] {
  return [
    ...objectFields(fields, (object) => Number(object.id < 0)),
    fields.optional("is_replicated", bit, 0),
    fields.optional("has_replication_filter", bit, 0),
    fields.required("has_opaque_metadata", bit, 0),
    fields.required("has_unchecked_assembly_data", bit, 0),
    fields.required("with_check_option", bit, 0),
    fields.required("is_date_correlation_view", bit, 0),
    fields.optional("is_tracked_by_cdc", bit, 0),
    ...fields.since(2019, fields.optional("has_snapshot", bit, 0)),
    ...fields.since(
      2022,
      fields.optional("ledger_view_type", tinyint, 0),
      fields.optional("ledger_view_type_desc", nvarchar(60), "NON_LEDGER_VIEW"),
      fields.optional("is_dropped_ledger_view", bit, 0),
    ),
  ];
}

export const tables = defineView<UserObject>(
  (fields) => [
    ...objectFields(fields),
    fields.required("lob_data_space_id", int, 0),
    fields.optional("filestream_data_space_id", int, null),
    fields.required("max_column_id_used", int, ({ columnCount = 0 }) => columnCount),
    fields.required("lock_on_bulk_load", bit, 0),
    fields.optional("uses_ansi_nulls", bit, 1),
    fields.optional("is_replicated", bit, 0),
    fields.optional("has_replication_filter", bit, 0),
    fields.optional("is_merge_published", bit, 0),
    fields.optional("is_sync_tran_subscribed", bit, 0),
    fields.required("has_unchecked_assembly_data", bit, 0),
    fields.optional("text_in_row_limit", int, 0),
    fields.optional("large_value_types_out_of_row", bit, 0),
    fields.optional("is_tracked_by_cdc", bit, 0),
    ...fields.coded("lock_escalation", () => [0, "TABLE"]),
    fields.optional("is_filetable", bit, 0),
    fields.optional("is_memory_optimized", bit, 0),
    ...fields.coded("durability", () => [0, "SCHEMA_AND_DATA"]),
    ...fields.coded("temporal_type", () => [0, "NON_TEMPORAL_TABLE"]),
    fields.optional("history_table_id", int, null),
    fields.optional("is_remote_data_archive_enabled", bit, 0),
    fields.required("is_external", bit, 0),
    ...fields.since(
      2017,
      fields.optional("history_retention_period", int, null),
      fields.optional("history_retention_period_unit", int, null),
      fields.optional("history_retention_period_unit_desc", nvarchar(10), null),
      fields.optional("is_node", bit, 0),
      fields.optional("is_edge", bit, 0),
    ),
    ...fields.since(
      2022,
      fields.optional("data_retention_period", int, -1),
      fields.optional("data_retention_period_unit", int, -1),
      fields.optional("data_retention_period_unit_desc", nvarchar(10), "INFINITE"),
      fields.optional("ledger_type", tinyint, 0),
      fields.optional("ledger_type_desc", nvarchar(60), "NON_LEDGER_TABLE"),
      fields.optional("ledger_view_id", int, null),
      fields.optional("is_dropped_ledger_table", bit, 0),
    ),
  ],
  (server, session) => userObjects(server, session).filter(({ type }) => type === userTable),
);

export const schemas = defineView<Schema>(
  ({ required, optional }) => [
    required("name", sysname, ({ name }) => name),
    required("schema_id", int, ({ id }) => id),
    optional("principal_id", int, ({ id }) => (id <= 4 ? id : 1)),
  ],
  (server, session) => schemasOf(storedObjects(server, session)),
);

export interface IndexRow {
  readonly table: StoredTable;
  readonly key?: Key;
  readonly id: number;
}

/** A heap is index 0, the clustered index 1; others follow from 2 on. */
export function indexesOf(table: StoredTable): IndexRow[] {
  const { keys } = table.definition;
  const clustered = keys.find(({ isClustered }) => isClustered);
  const others = keys.filter((key) => key !== clustered).map((key, index) => ({ table, key, id: index + 2 }));
  return [{ table, key: clustered, id: clustered ? 1 : 0 }, ...others];
}

export const indexRows = (server: Server, session: Session): IndexRow[] =>
  storedTables(server, session).flatMap(indexesOf);

export const indexes = defineView<IndexRow>(
  ({ required, optional, coded, since }) => [
    required("object_id", int, ({ table }) => table.id),
    optional("name", sysname, ({ key }) => key?.name ?? null),
    required("index_id", int, ({ id }) => id),
    ...coded("type", ({ id }) => (id === 0 ? [0, "HEAP"] : id === 1 ? [1, "CLUSTERED"] : [2, "NONCLUSTERED"])),
    optional("is_unique", bit, ({ key }) => Number(key?.isUnique ?? false)),
    required("data_space_id", int, 1),
    optional("ignore_dup_key", bit, 0),
    optional("is_primary_key", bit, ({ key }) => Number(key?.kind === "primary")),
    optional("is_unique_constraint", bit, ({ key }) => Number(key?.kind === "unique")),
    required("fill_factor", tinyint, 0),
    optional("is_padded", bit, 0),
    optional("is_disabled", bit, 0),
    optional("is_hypothetical", bit, 0),
    ...since(2019, optional("is_ignored_in_optimization", bit, 0)),
    optional("allow_row_locks", bit, 1),
    optional("allow_page_locks", bit, 1),
    optional("has_filter", bit, 0),
    optional("filter_definition", nvarchar("max"), null),
    ...since(
      2017,
      optional("compression_delay", int, null),
      optional("suppress_dup_key_messages", bit, 0),
      optional("auto_created", bit, 0),
    ),
    ...since(2019, optional("optimize_for_sequential_key", bit, 0)),
  ],
  indexRows,
);
