import type { Column, SqlValue } from "../types";
import type { Frame, SourceColumn } from "./scope";

/** By the column's position, the value that a row must have to be of use. A source may leave out other rows, but need not. */
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
