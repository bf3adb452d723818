import type { Lookup } from "../data/access";
import type { IdentityScope } from "../data/session-data";
import type { SqlError } from "../messages";
import { sqlError } from "../messages";
import type { Call, Expression, Query, TableSource, Window } from "../syntax/query";
import { type Column, int, type SqlType, type SqlValue } from "../types";
import { type Collation, fold, sameName } from "../values/collation";

/** The row that an expression looks at; `outer`: the row of the query around it. */
export interface Frame {
  readonly row: readonly SqlValue[];
  readonly outer?: Frame;
}

/** An expression with its type, names resolved. */
export interface Bound {
  readonly type: SqlType;
  readonly nullable: boolean;
  readonly collation?: Collation;
  /** The name behind COLLATE: two that differ do not go together (468). */
  readonly collated?: string;
  readonly origin?: Column["origin"];
  /** The word NULL: it takes any type. */
  readonly isNull?: boolean;
  /** Of a parameter that nobody declares: told of the type that it has to have. */
  readonly deduce?: (type: SqlType) => void;
  /** Digits of a whole number literal, which is a numeric of that many digits beside a decimal. */
  readonly digits?: number;
  value(frame: Frame): SqlValue;
}
/** Of NULL, and where only the type counts. */
export const nullValue = (): null => null;

/** 468: COLLATE on both sides says the same. */
export function requireOneCollation(left: Bound, right: Bound, operation: string): void {
  const [one, other] = [left.collated, right.collated];
  if (one === undefined || other === undefined || sameName(one, other)) return;
  throw Object.assign(sqlError(468, one, other, operation), { state: 9 });
}

/** null: unknown. */
export type BoundCondition = (frame: Frame) => boolean | null;

export interface ResultColumn extends Column {
  readonly collation?: Collation;
  readonly isNull?: boolean;
  /** Alias or name of the table that it comes from. */
  readonly table?: string;
}

export interface BoundQuery {
  readonly columns: readonly ResultColumn[];
  rows(outer: Frame | undefined): (readonly SqlValue[])[];
}

/** `inherited`: the common tables that it may name; otherwise those of the query around it. */
export type BindQuery = (
  query: Query,
  context: Context,
  outer: Scope | undefined,
  inherited?: ReadonlyMap<string, CommonTable>,
) => BoundQuery;

/** What the statements of one batch share. */
export interface Context extends Lookup {
  readonly variables: Map<string, { readonly type: SqlType; value: SqlValue; readonly deduce?: Bound["deduce"] }>;
  /** @@ROWCOUNT and @@ERROR of the statement before. */
  readonly last: { rowCount: number; error: number; doomed: boolean };
  /** How much the statement that runs has bound and joined so far: its limits are 8623 and 701. */
  readonly effort: { tables: number; rows: number };
  /** @@NESTLEVEL */
  readonly nesting?: number;
  /** Of the CATCH block that runs. */
  readonly caught?: SqlError;
  /** The table of FROM that the statement changes: its rows end with their ids. */
  readonly changed?: TableSource;
  /** SCOPE_IDENTITY() of this batch or procedure; otherwise the session's own. */
  readonly identity?: IdentityScope;
}

/** Of a statement that begins: what it may take is not taken yet. */
export const newEffort = (): Context["effort"] => ({ tables: 0, rows: 0 });

export interface SourceColumn extends Column {
  /** Alias or name of the table; with its schema if it has no alias. */
  readonly table: string;
  readonly schema?: string;
  readonly collation?: Collation;
}

export interface Scope {
  readonly context: Context;
  readonly outer?: Scope;
  readonly columns: readonly SourceColumn[];
  readonly commonTables: ReadonlyMap<string, CommonTable>;
  /** Queries are made of expressions, tables and queries: each finds here what binds a query inside of it. */
  readonly bindQuery: BindQuery;
  /** Of the select list and ORDER BY: what OVER calculates over. */
  readonly windows?: { bind(call: Call, over: Window, scope: Scope): Bound };
  /** Where rows are groups: what stands for an expression, and what an aggregate is. */
  readonly grouped?: {
    replace(expression: Expression): Bound | undefined;
    columnOf(index: number): Bound;
    aggregate(call: Call): Bound;
  };
}
export interface CommonTable {
  /** In its own query, which would make it recursive. */
  readonly isItself?: boolean;
  readonly query: Query;
  readonly columnNames: readonly string[];
  readonly commonTables: ReadonlyMap<string, CommonTable>;
}

export function sourceColumn(scope: Scope, index: number): Bound {
  const { type = int, nullable = true, collation, origin } = scope.columns[index] ?? {};
  return { type, nullable, collation, origin, value: (frame) => frame.row[index] ?? null };
}

/** Position of a column in its row, and how many queries further out the row is. */
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

/** A join of catalog views has hundreds of columns, and most of a query's time would go into comparing their names. */
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
