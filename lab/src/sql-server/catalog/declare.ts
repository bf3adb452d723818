import type { Session, Table } from "../../tsql/host";
import { type Cursor, createCursor, identifier, integerLiteral, list } from "../../tsql/parser/cursor";
import { dataType } from "../../tsql/parser/names";
import type { Column, SqlType, SqlValue } from "../../tsql/types";
import type { Server } from "../server";
import type { View } from "./view";

/** What a row does not name is NULL, or the type's zero where the column cannot be NULL. */
export type DeclaredRow = Readonly<Record<string, SqlValue>>;

interface DeclaredColumn extends Column {
  readonly since: number;
}

/**
 * A view by its columns as T-SQL would declare them, `name sysname NOT NULL, is_ledger_on bit SINCE 2022`; the version
 * is the one that brought the column. They are read when the view is first used.
 */
export function declareView(
  columns: string,
  rows: (server: Server, session: Session) => Iterable<DeclaredRow> = () => [],
): View {
  const table = declareTable(columns);
  return (server, session) => table(server, () => rows(server, session));
}

export function declareTable(columns: string): (server: Server, read: () => Iterable<DeclaredRow>) => Table {
  let declared: readonly DeclaredColumn[] | undefined;
  return (server, read) => {
    declared ??= declaredColumns(columns);
    const shown = declared.filter(({ since }) => since <= server.instance.majorVersion);
    return {
      columns: shown.map(({ name, type, nullable }) => ({ name, type, nullable })),
      *rows() {
        for (const row of read())
          yield shown.map(({ name, type, nullable }) => row[name] ?? (nullable ? null : zero(type)));
      },
    };
  };
}

function declaredColumns(columns: string): readonly DeclaredColumn[] {
  const cursor = createCursor(columns, new Map(), true);
  return list(cursor, () => columnOf(cursor));
}

function columnOf(cursor: Cursor): DeclaredColumn {
  const name = identifier(cursor);
  const type = dataType(cursor);
  const nullable = !cursor.accept("NOT", "NULL");
  return { name, type, nullable, since: cursor.accept("SINCE") ? integerLiteral(cursor) : 0 };
}

function zero(type: SqlType): SqlValue {
  if (type.name === "uniqueidentifier") return "00000000-0000-0000-0000-000000000000";
  if (type.name === "bigint" || type.name === "decimal" || type.name === "numeric") return 0n;
  if (type.name.endsWith("char")) return "";
  if (type.name.endsWith("binary")) return Buffer.alloc(0);
  if (type.name.startsWith("date") || type.name === "smalldatetime" || type.name === "time") return new Date(0);
  return 0;
}
