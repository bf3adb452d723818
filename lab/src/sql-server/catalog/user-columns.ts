import { builtInSchemas, schemasOf } from "../../tsql/data/schemas";
import type { StoredColumn, StoredTable } from "../../tsql/data/store";
import type { Session } from "../../tsql/host";
import { bit, type Column, int, nvarchar, type SqlType, type SqlValue, sysname } from "../../tsql/types";
import { storageLength } from "../../tsql/values/storage";
import { precisionOf, scaleOf, typeIds } from "../../tsql/values/type-ids";
import { isText } from "../../tsql/values/type-rules";
import type { Server } from "../server";
import { storedObjects, storedTables } from "./user-objects";
import { defineView, type Field, type Fields, smallint, tinyint, type View, varchar, variant } from "./view";

export interface ColumnRow {
  readonly owner: Pick<StoredTable, "id" | "name" | "schema"> & Partial<Pick<StoredTable, "lastIdentity">>;
  readonly column: Column & Partial<StoredColumn>;
  readonly ordinal: number;
  readonly database: string;
  readonly collation: string;
}

export function columnRows({ instance, ...rest }: Server, session: Session): ColumnRow[] {
  return storedTables({ instance, ...rest }, session).flatMap((owner) =>
    owner.columns.map((column, index) => ({
      owner,
      column,
      ordinal: index + 1,
      database: session.database,
      collation: instance.collation,
    })),
  );
}

/** What sys.columns says of a type. */
export function typeFacts(type: SqlType) {
  return {
    id: typeIds[type.name][0],
    maxLength: storageLength(type),
    precision: precisionOf(type),
    scale: scaleOf(type),
  };
}

function columnFields<Row extends ColumnRow>({ required, optional, coded, since }: Fields<Row>): Field<Row>[] {
  return [
    required("object_id", int, ({ owner }) => owner.id),
    optional("name", sysname, ({ column }) => column.name),
    required("column_id", int, ({ column, ordinal }) => column.id ?? ordinal),
    required("system_type_id", tinyint, ({ column }) => typeIds[column.type.name][0]),
    required("user_type_id", int, ({ column }) => typeIds[column.type.name][0]),
    required("max_length", smallint, ({ column }) => storageLength(column.type)),
    required("precision", tinyint, ({ column }) => precisionOf(column.type)),
    required("scale", tinyint, ({ column }) => scaleOf(column.type)),
    optional("collation_name", sysname, ({ column, collation }) => (isText(column.type) ? collation : null)),
    optional("is_nullable", bit, ({ column }) => Number(column.nullable)),
    required("is_ansi_padded", bit, 1),
    required("is_rowguidcol", bit, 0),
    required("is_identity", bit, ({ column }) => Number(column.identity !== undefined)),
    required("is_computed", bit, 0),
    required("is_filestream", bit, 0),
    optional("is_replicated", bit, 0),
    optional("is_non_sql_subscribed", bit, 0),
    optional("is_merge_published", bit, 0),
    optional("is_dts_replicated", bit, 0),
    required("is_xml_document", bit, 0),
    required("xml_collection_id", int, 0),
    required("default_object_id", int, ({ column }) => column.default?.id ?? 0),
    required("rule_object_id", int, 0),
    optional("is_sparse", bit, 0),
    optional("is_column_set", bit, 0),
    ...coded("generated_always_type", () => [0, "NOT_APPLICABLE"]),
    optional("encryption_type", int, null),
    optional("encryption_type_desc", nvarchar(64), null),
    optional("encryption_algorithm_name", sysname, null),
    optional("column_encryption_key_id", int, null),
    optional("column_encryption_key_database_name", sysname, null),
    optional("is_hidden", bit, 0),
    required("is_masked", bit, 0),
    ...since(2017, optional("graph_type", int, null), optional("graph_type_desc", nvarchar(60), null)),
    ...since(
      2022,
      optional("is_data_deletion_filter_column", bit, 0),
      optional("ledger_view_column_type", int, null),
      optional("ledger_view_column_type_desc", nvarchar(60), null),
      optional("is_dropped_ledger_column", bit, 0),
    ),
  ];
}

export const columns = defineView<ColumnRow>(columnFields, columnRows);

/** A system view with its columns. */
export interface DescribedView {
  readonly id: number;
  readonly name: string;
  readonly columns: readonly Column[];
}
type Described = (server: Server, session: Session) => readonly DescribedView[];

function systemColumnRows(views: readonly DescribedView[], { instance }: Server, session: Session): ColumnRow[] {
  return views.flatMap(({ id, name, columns: described }) =>
    described.map((column, index) => ({
      owner: { id, name, schema: "sys" },
      column,
      ordinal: index + 1,
      database: session.database,
      collation: instance.collation,
    })),
  );
}

export const systemColumns = (views: Described): View =>
  defineView<ColumnRow>(columnFields, (server, session) => systemColumnRows(views(server, session), server, session));
export const allColumns = (views: Described): View =>
  defineView<ColumnRow>(columnFields, (server, session) => [
    ...columnRows(server, session),
    ...systemColumnRows(views(server, session), server, session),
  ]);

interface TypeRow {
  readonly name: string;
  readonly length: number;
  readonly collation: string | null;
  readonly numbers: readonly [id: number, precision: number, scale: number];
}

const typeNames = Object.keys(typeIds) as SqlType["name"][];
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

function typeRows({ instance }: Server): TypeRow[] {
  return typeNames.map((name) => ({
    name,
    collation: isText({ name }) ? instance.collation : null,
    length: longest[name] ?? storageLength({ name } as SqlType),
    numbers: typeIds[name],
  }));
}

export const dataTypes = defineView<TypeRow>(
  ({ required, optional }) => [
    required("name", sysname, ({ name }) => name),
    required("system_type_id", tinyint, ({ numbers }) => numbers[0]),
    required("user_type_id", int, ({ numbers }) => numbers[0]),
    required("schema_id", int, 4),
    optional("principal_id", int, null),
    required("max_length", smallint, ({ length }) => length),
    required("precision", tinyint, ({ numbers }) => numbers[1]),
    required("scale", tinyint, ({ numbers }) => numbers[2]),
    optional("collation_name", sysname, ({ collation }) => collation),
    optional("is_nullable", bit, 1),
    required("is_user_defined", bit, 0),
    required("is_assembly_type", bit, 0),
    required("default_object_id", int, 0),
    required("rule_object_id", int, 0),
    required("is_table_type", bit, 0),
  ],
  typeRows,
);

export const informationTables = defineView<{ readonly table: StoredTable; readonly database: string }>(
  ({ required, optional }) => [
    optional("TABLE_CATALOG", nvarchar(128), ({ database }) => database),
    optional("TABLE_SCHEMA", sysname, ({ table }) => table.schema),
    required("TABLE_NAME", sysname, ({ table }) => table.name),
    optional("TABLE_TYPE", varchar(10), "BASE TABLE"),
  ],
  (server, session) => storedTables(server, session).map((table) => ({ table, database: session.database })),
);

export const informationSchemata = defineView<{ readonly name: string; readonly database: string }>(
  ({ required, optional }) => [
    optional("CATALOG_NAME", nvarchar(128), ({ database }) => database),
    required("SCHEMA_NAME", nvarchar(128), ({ name }) => name),
    optional("SCHEMA_OWNER", nvarchar(128), ({ name }) => (builtInSchemas.includes(name) ? name : "dbo")),
    optional("DEFAULT_CHARACTER_SET_CATALOG", sysname, null),
    optional("DEFAULT_CHARACTER_SET_SCHEMA", sysname, null),
    required("DEFAULT_CHARACTER_SET_NAME", sysname, "iso_1"),
  ],
  (server, session) =>
    schemasOf(storedObjects(server, session)).map(({ name }) => ({ name, database: session.database })),
);

interface IdentityRow extends ColumnRow {
  readonly last: bigint | undefined;
}

const identityValue = (type: SqlType, value: bigint): SqlValue => ({
  type,
  value: type.name === "bigint" ? value : Number(value),
});

export const identityColumns = defineView<IdentityRow>(
  (fields) => [
    ...columnFields(fields),
    fields.optional("seed_value", variant, ({ column }) => identityValue(column.type, column.identity?.seed ?? 1n)),
    fields.optional("increment_value", variant, ({ column }) =>
      identityValue(column.type, column.identity?.increment ?? 1n),
    ),
    fields.optional("last_value", variant, ({ column, last }) =>
      last === undefined ? null : identityValue(column.type, last),
    ),
    fields.required("is_not_for_replication", bit, 0),
  ],
  (server, session) =>
    columnRows(server, session)
      .filter(({ column }) => column.identity)
      .map((row) => ({ ...row, last: row.owner.lastIdentity })),
);
