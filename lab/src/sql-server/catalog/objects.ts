import { requireUnlocked } from "../../tsql/data/locks";
import { typedConstraints, userTable } from "../../tsql/data/object-types";
import { schemasOf } from "../../tsql/data/schemas";
import { openTransaction } from "../../tsql/data/session-data";
import { isTable } from "../../tsql/data/store";
import type { Session } from "../../tsql/host";
import { systemObjectId } from "../../tsql/query/functions/objects";
import type { Key, StoredColumn, StoredObject, StoredTable } from "../../tsql/stored";
import type { Column, SqlType } from "../../tsql/types";
import { sameName } from "../../tsql/values/collation";
import { storageLength } from "../../tsql/values/storage";
import { typeIds } from "../../tsql/values/type-ids";
import { isText } from "../../tsql/values/type-rules";
import { currentDatabase } from "../database-permissions";
import { nameKey } from "../names";
import { seesDefinitions } from "../permissions";
import { procedureNames } from "../procedures";
import type { Server } from "../server";
import { typeFacts } from "../type-facts";
import { type Coded, type Row, type View, view } from "./view";

/** The objects of the session's database. Throws LockWait where another transaction is changing one, as the server waits. */
export function storedObjects(server: Server, session: Session): StoredObject[] {
  const store = currentDatabase(server, session)?.store;
  if (!store || !seesDefinitions(server, session)) return [];
  for (const key of store.locks.keys()) requireUnlocked({ store, key }, "Sch-S", openTransaction(session));
  return [...store.objects.values()];
}

const storedTables = (server: Server, session: Session): StoredTable[] =>
  storedObjects(server, session).filter(isTable);

const objectColumns = `name sysname NOT NULL, object_id int NOT NULL, principal_id int, schema_id int NOT NULL,
  parent_object_id int NOT NULL, type char(2) CODED, create_date datetime NOT NULL, modify_date datetime NOT NULL,
  is_ms_shipped bit NOT NULL, is_published bit NOT NULL, is_schema_published bit NOT NULL`;

const padded = ([code, description]: readonly [string, string]): Coded => [code.padEnd(2), description];

/** The tables and the constraints, which are named in a schema as well. */
function objectRows(server: Server, session: Session): Row[] {
  const objects = storedObjects(server, session);
  const schemaIds = new Map(schemasOf(objects).map(({ id, name }) => [nameKey(name), id]));
  return objects.flatMap((object) => {
    if (!isTable(object)) return [];
    const own: Row = {
      name: object.name,
      object_id: object.id,
      schema_id: schemaIds.get(nameKey(object.schema)) ?? 1,
      parent_object_id: 0,
      type: padded(userTable),
      create_date: object.created,
      modify_date: object.modified,
    };
    const constraints = typedConstraints(object.definition).map(
      ({ id, name, type }): Row => ({ ...own, name, object_id: id, parent_object_id: object.id, type: padded(type) }),
    );
    return [{ ...own, max_column_id_used: object.columns.length }, ...constraints];
  });
}

const sysSchema = 4;

/** The system objects that the instance really has: its views, and the procedures of its version. */
function systemObjectRows(server: Server, views: readonly View[]): Row[] {
  const installed = server.instance.databases.get("master")?.created ?? server.clock.now();
  const object = (name: string, type: Coded): Row => ({
    name,
    object_id: systemObjectId(name),
    schema_id: sysSchema,
    type,
    create_date: installed,
    modify_date: installed,
    is_ms_shipped: 1,
  });
  return [
    ...views.filter(({ isIn }) => isIn(server.instance)).map(({ name }) => object(name, ["V ", "VIEW"])),
    ...procedureNames(server).map((name) => object(name, ["P ", "SQL_STORED_PROCEDURE"])),
  ];
}

function columnRow(owner: number, column: Column & Partial<StoredColumn>, ordinal: number, collation: string): Row {
  const { id, maxLength, precision, scale } = typeFacts(column.type);
  return {
    object_id: owner,
    name: column.name,
    column_id: column.id ?? ordinal,
    system_type_id: id,
    user_type_id: id,
    max_length: maxLength,
    precision,
    scale,
    collation_name: isText(column.type) ? collation : null,
    is_nullable: Number(column.nullable),
    is_identity: Number(column.identity !== undefined),
    default_object_id: column.default?.id ?? 0,
  };
}

const columnRows = (server: Server, session: Session): Row[] =>
  storedTables(server, session).flatMap(({ id, columns }) =>
    columns.map((column, index) => columnRow(id, column, index + 1, server.instance.collation)),
  );

function systemColumnRows({ instance }: Server, views: readonly View[]): Row[] {
  return views.flatMap(({ name, columns }) =>
    columns(instance).map((column, index) => columnRow(systemObjectId(name), column, index + 1, instance.collation)),
  );
}

const columnColumns = `object_id int NOT NULL, name sysname, column_id int NOT NULL, system_type_id tinyint NOT NULL,
  user_type_id int NOT NULL, max_length smallint NOT NULL, precision tinyint NOT NULL, scale tinyint NOT NULL,
  collation_name sysname, is_nullable bit, is_ansi_padded bit NOT NULL = 1, is_rowguidcol bit NOT NULL,
  is_identity bit NOT NULL, is_computed bit NOT NULL, is_filestream bit NOT NULL, is_replicated bit = 0,
  is_non_sql_subscribed bit = 0, is_merge_published bit = 0, is_dts_replicated bit = 0, is_xml_document bit NOT NULL,
  xml_collection_id int NOT NULL, default_object_id int NOT NULL, rule_object_id int NOT NULL, is_sparse bit = 0,
  is_column_set bit = 0, generated_always_type tinyint CODED = 0 'NOT_APPLICABLE', encryption_type int,
  encryption_type_desc nvarchar(64), encryption_algorithm_name sysname, column_encryption_key_id int,
  column_encryption_key_database_name sysname, is_hidden bit = 0, is_masked bit NOT NULL,
  graph_type int CODED SINCE 2017, is_data_deletion_filter_column bit = 0 SINCE 2022,
  ledger_view_column_type int CODED SINCE 2022, is_dropped_ledger_column bit = 0 SINCE 2022`;

const longest: Readonly<Record<string, number>> = {
  binary: 8000,
  varbinary: 8000,
  char: 8000,
  varchar: 8000,
  nchar: 8000,
  nvarchar: 8000,
  decimal: 17,
  numeric: 17,
  time: 5,
  datetime2: 8,
  datetimeoffset: 10,
};

function typeRows({ instance }: Server): Row[] {
  return (Object.keys(typeIds) as SqlType["name"][]).map((name) => {
    const [id, precision, scale] = typeIds[name];
    return {
      name,
      system_type_id: id,
      user_type_id: id,
      max_length: longest[name] ?? storageLength({ name } as SqlType),
      precision,
      scale,
      collation_name: isText({ name }) ? instance.collation : null,
    };
  });
}

interface Index {
  readonly table: StoredTable;
  readonly key?: Key;
  readonly id: number;
}

/** The indexes with their ids: a heap is 0, the clustered index 1; others follow from 2 on. */
function indexesOf(table: StoredTable): Index[] {
  const { keys } = table.definition;
  const clustered = keys.find(({ isClustered }) => isClustered);
  const others = keys.filter((key) => key !== clustered).map((key, index) => ({ table, key, id: index + 2 }));
  return [{ table, key: clustered, id: clustered ? 1 : 0 }, ...others];
}

const indexes = (server: Server, session: Session): Index[] => storedTables(server, session).flatMap(indexesOf);

const indexTypes = [[0, "HEAP"] as const, [1, "CLUSTERED"] as const];

function indexRow({ table, key, id }: Index): Row {
  return {
    object_id: table.id,
    name: key?.name ?? null,
    index_id: id,
    type: indexTypes[id] ?? [2, "NONCLUSTERED"],
    is_unique: Number(key?.isUnique ?? false),
    is_primary_key: Number(key?.kind === "primary"),
    is_unique_constraint: Number(key?.kind === "unique"),
  };
}

function indexColumnRows({ table, key, id }: Index): Row[] {
  const columns = key?.columns ?? [];
  return columns.map((column, index) => ({
    object_id: table.id,
    index_id: id,
    index_column_id: index + 1,
    column_id: table.columns.find(({ name }) => sameName(name, column))?.id ?? 0,
    key_ordinal: index + 1,
    is_descending_key: Number(key?.descending.includes(column)),
  }));
}

function partitionRow({ table, id }: Index): Row {
  const partition = 72_057_594_000_000_000n + BigInt(table.id) * 16n + BigInt(id);
  return {
    partition_id: partition,
    object_id: table.id,
    index_id: id,
    hobt_id: partition,
    rows: BigInt(table.rows.size),
  };
}

/** The views on plain tables, and on the catalog views themselves. */
export const objectViews = (views: () => readonly View[]): readonly View[] => [
  view("objects", objectColumns, objectRows),
  view("system_objects", objectColumns, (server) => systemObjectRows(server, views())),
  view(
    "tables",
    `${objectColumns}, lob_data_space_id int NOT NULL, filestream_data_space_id int, max_column_id_used int NOT NULL,
    lock_on_bulk_load bit NOT NULL, uses_ansi_nulls bit = 1, is_replicated bit = 0, has_replication_filter bit = 0,
    is_merge_published bit = 0, is_sync_tran_subscribed bit = 0, has_unchecked_assembly_data bit NOT NULL,
    text_in_row_limit int = 0, large_value_types_out_of_row bit = 0, is_tracked_by_cdc bit = 0,
    lock_escalation tinyint CODED = 0 'TABLE', is_filetable bit = 0, is_memory_optimized bit = 0,
    durability tinyint CODED = 0 'SCHEMA_AND_DATA', temporal_type tinyint CODED = 0 'NON_TEMPORAL_TABLE',
    history_table_id int, is_remote_data_archive_enabled bit = 0, is_external bit NOT NULL,
    history_retention_period int SINCE 2017, history_retention_period_unit int CODED SINCE 2017,
    is_node bit = 0 SINCE 2017, is_edge bit = 0 SINCE 2017, data_retention_period int SINCE 2022,
    data_retention_period_unit int CODED SINCE 2022, ledger_type tinyint CODED = 0 'NON_LEDGER_TABLE' SINCE 2022,
    ledger_view_id int SINCE 2022, is_dropped_ledger_table bit = 0 SINCE 2022`,
    (server, session) =>
      objectRows(server, session)
        .filter(({ max_column_id_used }) => max_column_id_used !== undefined)
        .map((row) => ({ ...row, data_retention_period: -1, data_retention_period_unit: [-1, "INFINITE"] })),
  ),
  view("schemas", "name sysname NOT NULL, schema_id int NOT NULL, principal_id int", (server, session) =>
    schemasOf(storedObjects(server, session)).map(({ id, name }) => ({
      name,
      schema_id: id,
      principal_id: id <= sysSchema ? id : 1,
    })),
  ),

  view("columns", columnColumns, columnRows),
  view("all_columns", columnColumns, (server, session) => [
    ...columnRows(server, session),
    ...systemColumnRows(server, views()),
  ]),
  view(
    "types",
    `name sysname NOT NULL, system_type_id tinyint NOT NULL, user_type_id int NOT NULL, schema_id int NOT NULL = 4,
    principal_id int, max_length smallint NOT NULL, precision tinyint NOT NULL, scale tinyint NOT NULL,
    collation_name sysname, is_nullable bit = 1, is_user_defined bit NOT NULL, is_assembly_type bit NOT NULL,
    default_object_id int NOT NULL, rule_object_id int NOT NULL, is_table_type bit NOT NULL`,
    typeRows,
  ),

  view(
    "indexes",
    `object_id int NOT NULL, name sysname, index_id int NOT NULL, type tinyint CODED, is_unique bit,
    data_space_id int NOT NULL = 1, ignore_dup_key bit = 0, is_primary_key bit, is_unique_constraint bit,
    fill_factor tinyint NOT NULL, is_padded bit = 0, is_disabled bit = 0, is_hypothetical bit = 0,
    is_ignored_in_optimization bit = 0 SINCE 2019, allow_row_locks bit = 1, allow_page_locks bit = 1, has_filter bit,
    filter_definition nvarchar(max), compression_delay int SINCE 2017, suppress_dup_key_messages bit = 0 SINCE 2017,
    auto_created bit = 0 SINCE 2017, optimize_for_sequential_key bit = 0 SINCE 2019`,
    (server, session) => indexes(server, session).map(indexRow),
  ),
  view(
    "index_columns",
    `object_id int NOT NULL, index_id int NOT NULL, index_column_id int NOT NULL, column_id int NOT NULL,
    key_ordinal tinyint NOT NULL, partition_ordinal tinyint NOT NULL, is_descending_key bit, is_included_column bit,
    column_store_order_ordinal tinyint NOT NULL SINCE 2022`,
    (server, session) => indexes(server, session).flatMap(indexColumnRows),
  ),
  view(
    "partitions",
    `partition_id bigint NOT NULL, object_id int NOT NULL, index_id int NOT NULL, partition_number int NOT NULL = 1,
    hobt_id bigint NOT NULL, rows bigint, filestream_filegroup_id smallint NOT NULL,
    data_compression tinyint CODED = 0 'NONE'`,
    (server, session) => indexes(server, session).map(partitionRow),
  ),
];
