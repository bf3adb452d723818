import type { Session, Table, Wanted } from "../../tsql/host";
import { type Cursor, createCursor, identifier, integerLiteral, list, stringLiteral } from "../../tsql/parser/cursor";
import { dataType } from "../../tsql/parser/names";
import { type Column, nvarchar, type SqlType, type SqlValue } from "../../tsql/types";
import type { Instance } from "../model";
import { nameKey } from "../names";
import { requireServerState, seesDefinitions } from "../permissions";
import type { Server } from "../server";

/** A code and its name, as the views show states: the two columns of `state tinyint CODED`. */
export type Coded = readonly [code: SqlValue, description: string | null];

/** Values by the columns' names. A column that a row does not name is its default, NULL, or the type's zero. */
export type Row = Readonly<Record<string, SqlValue | Coded>>;
export type Rows = (server: Server, session: Session, wanted?: Wanted) => Iterable<Row>;

interface DeclaredColumn extends Column {
  /** The version of SQL Server that brought it. */
  readonly since: number;
  readonly valueIn: (row: Row) => SqlValue;
}

/** The columns of a result set: those that the instance's version has. */
export type Columns = (instance: Instance) => readonly DeclaredColumn[];

export interface View {
  readonly name: string;
  readonly columns: Columns;
  readonly rows: Rows;
  /** Whether instances of this kind and version have it. */
  readonly isIn: (instance: Instance) => boolean;
}

const everywhere = () => true;

/** Declares a view: its columns as text (see `declared`), the rows that it shows, and the instances that have it. */
export function view(name: string, columns: string, rows: Rows = () => [], isIn: View["isIn"] = everywhere): View {
  return { name, columns: declared(columns), rows, isIn };
}

/** All things of a map, or the one with the name that is asked for. */
export function named<T>(items: ReadonlyMap<string, T>, name: SqlValue | undefined): T[] {
  if (typeof name !== "string") return [...items.values()];
  const found = items.get(nameKey(name));
  return found === undefined ? [] : [found];
}

/** Guards a dynamic view: it answers 300 and 297 without VIEW SERVER STATE. */
export const serverState =
  (rows: Rows): Rows =>
  (server, session, wanted) => {
    requireServerState(server, session);
    return rows(server, session, wanted);
  };

/** Guards a catalog view: it shows no rows to a login without VIEW ANY DEFINITION. */
export const definitions =
  (rows: Rows): Rows =>
  (server, session, wanted) =>
    seesDefinitions(server, session) ? rows(server, session, wanted) : [];

export function tableOf(columns: Columns, { instance }: Server, rows: (wanted?: Wanted) => Iterable<Row>): Table {
  const shown = columns(instance);
  return {
    columns: shown.map(({ name, type, nullable }) => ({ name, type, nullable })),
    *rows(wanted) {
      for (const row of rows(wanted)) yield shown.map((column) => column.valueIn(row));
    },
  };
}

/**
 * Reads columns as T-SQL would declare them, `name sysname NOT NULL, is_ledger_on bit = 0 SINCE 2022`; `role tinyint
 * CODED` stands for `role tinyint, role_desc nvarchar(60)`. They are read when the view is first used.
 */
export function declared(columns: string): Columns {
  let read: readonly DeclaredColumn[] | undefined;
  return ({ majorVersion }) => {
    read ??= columnsIn(columns);
    return read.filter(({ since }) => since <= majorVersion);
  };
}

function columnsIn(text: string): DeclaredColumn[] {
  const cursor = createCursor(text, new Map(), true);
  return list(cursor, () => {
    const name = identifier(cursor);
    const type = dataType(cursor);
    return cursor.accept("CODED") ? codedColumns(name, type, cursor) : [plainColumn(name, type, cursor)];
  }).flat();
}

function plainColumn(name: string, type: SqlType, cursor: Cursor): DeclaredColumn {
  const nullable = !cursor.accept("NOT", "NULL");
  const missing = cursor.accept("=") ? literal(cursor) : nullable ? null : zero(type);
  const valueIn = (row: Row) => {
    const value = row[name];
    return isCoded(value) ? value[0] : (value ?? missing);
  };
  return { name, type, nullable, since: sinceOf(cursor), valueIn };
}

function codedColumns(name: string, type: SqlType, cursor: Cursor): DeclaredColumn[] {
  const missing: Coded = cursor.accept("=") ? [literal(cursor), stringLiteral(cursor)] : [null, null];
  const since = sinceOf(cursor);
  const pair = (row: Row): Coded => {
    const value = row[name];
    return isCoded(value) ? value : missing;
  };
  return [
    { name, type, nullable: true, since, valueIn: (row) => pair(row)[0] },
    { name: `${name}_desc`, type: nvarchar(60), nullable: true, since, valueIn: (row) => pair(row)[1] },
  ];
}

const isCoded = (value: SqlValue | Coded | undefined): value is Coded => Array.isArray(value);

const sinceOf = (cursor: Cursor): number => (cursor.accept("SINCE") ? integerLiteral(cursor) : 0);

const literal = (cursor: Cursor): SqlValue =>
  cursor.peek().kind === "string" ? stringLiteral(cursor) : integerLiteral(cursor);

function zero(type: SqlType): SqlValue {
  if (type.name === "uniqueidentifier") return "00000000-0000-0000-0000-000000000000";
  if (type.name === "bigint" || type.name === "decimal" || type.name === "numeric") return 0n;
  if (type.name.endsWith("char")) return "";
  if (type.name.endsWith("binary")) return Buffer.alloc(0);
  if (type.name.startsWith("date") || type.name === "smalldatetime" || type.name === "time") return new Date(0);
  return 0;
}
