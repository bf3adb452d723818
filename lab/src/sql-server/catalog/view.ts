import type { Session, Table } from "../../tsql/host";
import type { SqlType, SqlValue } from "../../tsql/types";
import type { Server } from "../server";
import type { MajorVersion } from "../versions";

/** A catalog view: what it shows depends on the instance, its version and who asks. */
export type View = (server: Server, session: Session) => Table;

export interface Field<Row> {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly value: SqlValue | ((row: Row) => SqlValue);
  /** The version that brought the column. */
  readonly since?: MajorVersion;
}

/** A code and its name, as the views show states: two columns, the second with the suffix _desc. */
export type Coded = readonly [code: number | null, description: string | null];

export const tinyint: SqlType = { name: "tinyint" };
export const smallint: SqlType = { name: "smallint" };
export const bigint: SqlType = { name: "bigint" };
export const datetime: SqlType = { name: "datetime" };
export const guid: SqlType = { name: "uniqueidentifier" };
export const lsn: SqlType = { name: "numeric", precision: 25, scale: 0 };
export const variant: SqlType = { name: "sql_variant" };
export const char = (length: number): SqlType => ({ name: "char", length });
export const varchar = (length: number): SqlType => ({ name: "varchar", length });

export interface Fields<Row> {
  required(name: string, type: SqlType, value: Field<Row>["value"]): Field<Row>;
  optional(name: string, type: SqlType, value: Field<Row>["value"]): Field<Row>;
  coded(name: string, value: (row: Row) => Coded, descriptionType?: SqlType): Field<Row>[];
  since(version: MajorVersion, ...fields: readonly Field<Row>[]): Field<Row>[];
}

export function defineView<Row>(
  define: (fields: Fields<Row>) => readonly Field<Row>[],
  rows: (server: Server, session: Session) => Iterable<Row>,
): View {
  const all = define(fieldsOf<Row>());
  return (server, session) => {
    const shown = all.filter(({ since = 0 }) => since <= server.instance.majorVersion);
    return {
      columns: shown.map(({ name, type, nullable }) => ({ name, type, nullable })),
      *rows() {
        for (const row of rows(server, session))
          yield shown.map(({ value }) => (typeof value === "function" ? value(row) : value));
      },
    };
  };
}

/** The columns of a view that another one begins with, as sys.tcp_endpoints begins with those of sys.endpoints. */
export function fieldsOf<Row>(): Fields<Row> {
  return {
    required: (name, type, value) => ({ name, type, nullable: false, value }),
    optional: (name, type, value) => ({ name, type, nullable: true, value }),
    coded: (name, value, type = { name: "nvarchar", length: 60 }) => [
      { name, type: tinyint, nullable: true, value: (row) => value(row)[0] },
      { name: `${name}_desc`, type, nullable: true, value: (row) => value(row)[1] },
    ],
    since: (version, ...fields) => fields.map((field) => ({ ...field, since: version })),
  };
}
