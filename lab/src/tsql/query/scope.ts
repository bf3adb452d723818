import type { Lookup } from "../data/access";
import type { IdentityScope } from "../data/session-data";
import type { SqlError } from "../messages";
import { sqlError } from "../messages";
import type { Call, Expression, Query, TableSource, Window } from "../syntax/query";
import { type Column, int, type SqlType, type SqlValue } from "../types";
import { type Collation, fold, sameName } from "../values/collation";

/** The row that an expression is evaluated for; `outer` is the row of the query around it. */
export interface Frame {
  readonly row: readonly SqlValue[];
  readonly outer?: Frame;
}

/** An expression with its type and with its names resolved. */
export interface Bound {
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly collation?: Collation;
  /** The collation of its COLLATE: two different ones do not go together (468). */
  readonly collated?: string;
  readonly origin?: Column["origin"];
  /** The expression is the word NULL, which takes any type. */
  readonly isNull?: boolean;
  /** Set for a parameter that nobody declares, to tell it the type that it needs. */
  readonly deduce?: (type: SqlType) => void;
  /** The digits of a whole number literal, which beside a decimal is a numeric of that many digits. */
  readonly digits?: number;
  value(frame: Frame): SqlValue;
}
/** The value of NULL, and a stand-in where only the type matters. */
export const nullValue = (): null => null;

/** Throws 468 where the two sides have different COLLATEs. */
export function requireOneCollation(left: Bound, right: Bound, operation: string): void {
  const [one, other] = [left.collated, right.collated];
  if (one === undefined || other === undefined || sameName(one, other)) return;
  throw Object.assign(sqlError(468, one, other, operation), { state: 9 });
}

/** Returns null for unknown. */
export type BoundCondition = (frame: Frame) => boolean | null;

export interface ResultColumn extends Column {
  readonly collation?: Collation;
  readonly isNull?: boolean;
  /** The alias or name of the table that it comes from. */
  readonly table?: string;
}

export interface BoundQuery {
  readonly columns: readonly ResultColumn[];
  rows(outer: Frame | undefined): (readonly SqlValue[])[];
}

/** Binds a query. `inherited` are the common tables that it may name, otherwise those of the query around it. */
export type BindQuery = (
  query: Query,
  context: Context,
  outer: Scope | undefined,
  inherited?: ReadonlyMap<string, CommonTable>,
) => BoundQuery;

/** The state that the statements of one batch share. */
export interface Context extends Lookup {
  readonly variables: Map<string, { readonly type: SqlType; value: SqlValue; readonly deduce?: Bound["deduce"] }>;
  /** @@ROWCOUNT and @@ERROR after the last statement, and whether the transaction can only be rolled back. */
  readonly last: { rowCount: number; error: number; doomed: boolean };
  /** The tables and pairs of rows that the running statement has used so far; its limits are 8623 and 701. */
  readonly effort: { tables: number; rows: number };
  /** @@NESTLEVEL */
  readonly nesting?: number;
  /** The error that the running CATCH block caught. */
  readonly caught?: SqlError;
  /** The table in FROM that the statement changes: its rows have their ids at the end. */
  readonly changed?: TableSource;
  /** SCOPE_IDENTITY() of this batch or procedure; otherwise the session's own. */
  readonly identity?: IdentityScope;
}

/** A statement begins with nothing used. */
export const newEffort = (): Context["effort"] => ({ tables: 0, rows: 0 });

export interface SourceColumn extends Column {
  /** The table's alias, or without one its name, whose schema is `schema`. */
  readonly table: string;
  readonly schema?: string;
  readonly collation?: Collation;
}

export interface Scope {
  readonly context: Context;
  readonly outer?: Scope;
  readonly columns: readonly SourceColumn[];
  readonly commonTables: ReadonlyMap<string, CommonTable>;
  /** Binds a query inside of this one. It is passed along, because queries consist of expressions, which contain queries. */
  readonly bindQuery: BindQuery;
  /** Binds calls with OVER; only the select list and ORDER BY may have them. */
  readonly windows?: { bind(call: Call, over: Window, scope: Scope): Bound };
  /** Set where rows are groups: an expression may stand for a key, and aggregates have values. */
  readonly grouped?: {
    replace(expression: Expression): Bound | undefined;
    columnOf(index: number): Bound;
    aggregate(call: Call): Bound;
  };
}
export interface CommonTable {
  /** The table is named inside of its own query, which would make it recursive. */
  readonly isItself?: boolean;
  readonly query: Query;
  readonly columnNames: readonly string[];
  readonly commonTables: ReadonlyMap<string, CommonTable>;
}

export function sourceColumn(scope: Scope, index: number): Bound {
  const { type = int, nullable = true, collation, origin } = scope.columns[index] ?? {};
  return { type, nullable, collation, origin, value: (frame) => frame.row[index] ?? null };
}

/** Finds a column: its position in the row, and how many queries further out (`level`) that row is. */
export function resolveColumn(scope: Scope, parts: readonly string[]): { scope: Scope; level: number; index: number } {
  let level = 0;
  for (let current: Scope | undefined = scope; current; current = current.outer) {
    const index = findColumn(current, parts);
    if (index >= 0) return { scope: current, level, index };
    level++;
  }
  throw parts.length === 1 ? sqlError(207, parts[0] as string) : sqlError(4104, parts.join("."));
}

const positions = new WeakMap<readonly SourceColumn[], ReadonlyMap<string, readonly number[]>>();

/** Looks columns up by name. A join of catalog views has hundreds; comparing names would take most of a query's time. */
function positionsByName(columns: readonly SourceColumn[]): ReadonlyMap<string, readonly number[]> {
  const known = positions.get(columns);
  if (known) return known;
  const made = new Map<string, number[]>();
  for (const [index, { name }] of columns.entries()) {
    const key = fold(name);
    const same = made.get(key);
    if (same) same.push(index);
    else made.set(key, [index]);
  }
  positions.set(columns, made);
  return made;
}

function findColumn(scope: Scope, parts: readonly string[]): number {
  const [name = "", table, schema] = [...parts].reverse();
  let found = -1;
  for (const index of positionsByName(scope.columns).get(fold(name)) ?? []) {
    const column = scope.columns[index] as SourceColumn;
    if (table !== undefined && !sameName(column.table, table)) continue;
    if (schema && !(column.schema && sameName(column.schema, schema))) continue;
    if (found >= 0) throw sqlError(209, parts.at(-1) as string);
    found = index;
  }
  if (found < 0 && parts.length > 1 && scope.columns.some((column) => sameName(column.table, table as string))) {
    throw sqlError(207, name);
  }
  return found;
}
