import { referencedKey } from "../../tsql/data/foreign-keys";
import type { ForeignKey, Key, StoredTable } from "../../tsql/data/store";
import { mentions } from "../../tsql/executor/alter-table";
import type { Session } from "../../tsql/host";
import { int, nvarchar, type SqlType, sysname } from "../../tsql/types";
import type { Server } from "../server";
import { referencedTable } from "./constraints";
import { storedTables } from "./user-objects";
import { defineView, type Field, type Fields, varchar } from "./view";

/** A constraint as the views of the standard know it: they leave DEFAULT out. */
interface Constraint {
  readonly database: string;
  readonly name: string;
  readonly table: StoredTable;
  readonly type: "PRIMARY KEY" | "UNIQUE" | "FOREIGN KEY" | "CHECK";
  readonly columns: readonly string[];
}

function constraintsOf(table: StoredTable, database: string): Constraint[] {
  const { keys, foreignKeys, checks } = table.definition;
  const typeOf = ({ kind }: Key) => (kind === "primary" ? ("PRIMARY KEY" as const) : ("UNIQUE" as const));
  return [
    ...keys.filter(({ kind }) => kind !== "index").map((key) => ({ ...key, type: typeOf(key) })),
    ...foreignKeys.map((key) => ({ ...key, type: "FOREIGN KEY" as const })),
    ...checks.map(({ name, text }) => ({
      name,
      type: "CHECK" as const,
      columns: table.columns.map((column) => column.name).filter((column) => mentions(text, column)),
    })),
  ].map(({ name, type, columns }) => ({ database, name, table, type, columns }));
}

const allConstraints = (server: Server, session: Session): Constraint[] =>
  storedTables(server, session).flatMap((table) => constraintsOf(table, session.database));

interface Belonging {
  readonly database: string;
  readonly table: StoredTable;
}
interface Named extends Belonging {
  readonly name: string;
}
interface UsedColumn extends Named {
  readonly column: string;
  readonly ordinal: number;
}

/** `<prefix>_CATALOG`, `<prefix>_SCHEMA`, `<prefix>_NAME` */
function nameFields<Row extends Belonging>(
  { optional, required }: Fields<Row>,
  prefix: "CONSTRAINT" | "TABLE",
  name: (row: Row) => string,
): Field<Row>[] {
  const type: SqlType = prefix === "TABLE" ? sysname : nvarchar(128);
  return [
    optional(`${prefix}_CATALOG`, nvarchar(128), ({ database }) => database),
    optional(`${prefix}_SCHEMA`, nvarchar(128), ({ table }) => table.schema),
    required(`${prefix}_NAME`, type, name),
  ];
}
const constraintFields = <Row extends Named>(fields: Fields<Row>) =>
  nameFields(fields, "CONSTRAINT", ({ name }) => name);
const tableFields = <Row extends Belonging>(fields: Fields<Row>) =>
  nameFields(fields, "TABLE", ({ table }) => table.name);

export const tableConstraints = defineView<Constraint>(
  (fields) => [
    ...constraintFields(fields),
    ...tableFields(fields),
    fields.optional("CONSTRAINT_TYPE", varchar(11), ({ type }) => type),
    fields.required("IS_DEFERRABLE", varchar(2), "NO"),
    fields.required("INITIALLY_DEFERRED", varchar(2), "NO"),
  ],
  allConstraints,
);

const columnsOf = (constraint: Constraint): UsedColumn[] =>
  constraint.columns.map((column, index) => ({ ...constraint, column, ordinal: index + 1 }));

export const keyColumnUsage = defineView<UsedColumn>(
  (fields) => [
    ...constraintFields(fields),
    ...tableFields(fields),
    fields.optional("COLUMN_NAME", nvarchar(128), ({ column }) => column),
    fields.required("ORDINAL_POSITION", int, ({ ordinal }) => ordinal),
  ],
  (server, session) =>
    allConstraints(server, session)
      .filter(({ type }) => type !== "CHECK")
      .flatMap(columnsOf),
);

export const constraintColumnUsage = defineView<UsedColumn>(
  (fields) => [
    ...tableFields(fields),
    fields.optional("COLUMN_NAME", nvarchar(128), ({ column }) => column),
    ...constraintFields(fields),
  ],
  (server, session) => allConstraints(server, session).flatMap(columnsOf),
);

export const constraintTableUsage = defineView<Constraint>(
  (fields) => [...tableFields(fields), ...constraintFields(fields)],
  allConstraints,
);

type CheckClause = Named & { readonly text: string };

export const informationChecks = defineView<CheckClause>(
  (fields) => [...constraintFields(fields), fields.optional("CHECK_CLAUSE", nvarchar(4000), ({ text }) => text)],
  (server, session) =>
    storedTables(server, session).flatMap((table) =>
      table.definition.checks.map(({ name, text }) => ({ name, text, table, database: session.database })),
    ),
);

interface Reference extends Named {
  readonly key: ForeignKey;
  readonly referenced: StoredTable | undefined;
}

export const referentialConstraints = defineView<Reference>(
  (fields) => [
    ...constraintFields(fields),
    fields.optional("UNIQUE_CONSTRAINT_CATALOG", nvarchar(128), ({ database }) => database),
    fields.optional("UNIQUE_CONSTRAINT_SCHEMA", nvarchar(128), ({ referenced }) => referenced?.schema ?? null),
    fields.optional("UNIQUE_CONSTRAINT_NAME", sysname, ({ key, referenced }) =>
      referenced ? (referencedKey(referenced.definition, key.referencedColumns)?.name ?? null) : null,
    ),
    fields.optional("MATCH_OPTION", varchar(7), "SIMPLE"),
    fields.optional("UPDATE_RULE", varchar(11), "NO ACTION"),
    fields.optional("DELETE_RULE", varchar(11), "NO ACTION"),
  ],
  (server, session) =>
    storedTables(server, session).flatMap((table) =>
      table.definition.foreignKeys.map((key) => ({
        key,
        referenced: referencedTable(server, session, key),
        name: key.name,
        table,
        database: session.database,
      })),
    ),
);
