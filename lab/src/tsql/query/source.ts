import type { Column, SqlValue } from "../types";
import type { Frame, SourceColumn } from "./scope";

/** By position: the only value of a column that a row can have to count. Rows that have another one do no harm. */
export type Wanted = ReadonlyMap<number, SqlValue>;

/** The tables of a FROM clause: a row is all their columns side by side. */
export interface Source {
  readonly columns: readonly SourceColumn[];
  rows(outer: Frame | undefined, wanted?: Wanted): Iterable<readonly SqlValue[]>;
}

export interface Exposing {
  readonly table: string;
  readonly schema?: string;
}

export const exposed = (columns: readonly Column[], exposing: Exposing): SourceColumn[] =>
  columns.map((column) => ({ ...column, ...exposing }));
