import { notSpoken } from "../not-spoken";
import type { Condition, Expression } from "../syntax/query";
import type { ColumnDefinition, ConstraintDefinition, KeyColumn, TableBody, Written } from "../syntax/table-definition";
import { type Cursor, identifier, parenthesizedList, wholeNumber } from "./cursor";
import { condition, expression } from "./expression";
import { dataType, objectName } from "./names";
import { skipParentheses } from "./query";

interface Building {
  readonly columns: ColumnDefinition[];
  readonly constraints: ConstraintDefinition[];
}

/** Parses `( columns and constraints )`. https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql */
export function tableBody(cursor: Cursor): TableBody {
  cursor.expect("(");
  const body = tableElements(cursor);
  cursor.expect(")");
  return body;
}

export function tableElements(cursor: Cursor): TableBody {
  const building: Building = { columns: [], constraints: [] };
  do {
    // A comma may stand before the closing parenthesis.
    if (cursor.at(")")) break;
    refuseClauses(cursor, "a table", ["INDEX", "PERIOD FOR"]);
    const constraint = tableConstraint(cursor);
    if (constraint) building.constraints.push(constraint);
    else building.columns.push(column(cursor, building.constraints));
  } while (cursor.accept(",") || startsTableConstraint(cursor));
  return building;
}

const startsTableConstraint = (cursor: Cursor): boolean => cursor.at("CONSTRAINT");

/** Refuses clauses that the real server knows and the lab does not speak. */
export function refuseClauses(cursor: Cursor, of: string, clauses: readonly string[]): void {
  const found = clauses.find((words) => cursor.at(...words.split(" ")));
  if (found) cursor.raise(notSpoken(`${found} of ${of}`));
}

function tableConstraint(cursor: Cursor): ConstraintDefinition | undefined {
  const name = cursor.accept("CONSTRAINT") ? identifier(cursor) : undefined;
  const key = keyKind(cursor);
  if (key) return { kind: "key", name, ...key, columns: keyColumns(cursor) };
  if (cursor.at("CHECK")) return { kind: "check", name, condition: check(cursor) };
  if (cursor.accept("FOREIGN", "KEY")) {
    const columns = parenthesizedList(cursor, () => identifier(cursor));
    return { kind: "foreignKey", name, columns, ...references(cursor) };
  }
  if (cursor.accept("DEFAULT")) {
    const value = written(cursor, () => expression(cursor));
    cursor.expect("FOR");
    const column = identifier(cursor);
    refuseClauses(cursor, "a default", ["WITH VALUES"]);
    return { kind: "default", name, value, column };
  }
  return name === undefined ? undefined : cursor.fail();
}

function keyKind(cursor: Cursor): { readonly isPrimary: boolean; readonly isClustered?: boolean } | undefined {
  const isPrimary = cursor.accept("PRIMARY", "KEY");
  if (!isPrimary && !cursor.accept("UNIQUE")) return undefined;
  return { isPrimary, isClustered: clustering(cursor) };
}

export function clustering(cursor: Cursor): boolean | undefined {
  return cursor.accept("CLUSTERED") ? true : cursor.accept("NONCLUSTERED") ? false : undefined;
}

/** Parses `(a ASC, b DESC)` with what may follow it: WITH (...), ON [PRIMARY]. */
export function keyColumns(cursor: Cursor): KeyColumn[] {
  const columns = parenthesizedList(cursor, () => {
    const name = identifier(cursor);
    return { name, isDescending: !cursor.accept("ASC") && cursor.accept("DESC") };
  });
  storage(cursor);
  return columns;
}

/** Skips the storage options that SSMS scripts: no query can see them. */
export function storage(cursor: Cursor): void {
  if (cursor.accept("WITH")) skipParentheses(cursor);
  for (const word of ["ON", "TEXTIMAGE_ON"]) if (cursor.accept(word)) identifier(cursor);
}

function check(cursor: Cursor): Written<Condition> {
  cursor.expect("CHECK");
  refuseClauses(cursor, "a constraint", ["NOT FOR REPLICATION"]);
  cursor.expect("(");
  const parsed = written(cursor, () => condition(cursor));
  cursor.expect(")");
  return parsed;
}

function written<T extends Expression | Condition>(cursor: Cursor, parse: () => T): Written<T> {
  const first = cursor.peek();
  const value = parse();
  return { value, text: `(${cursor.written(first)})` };
}

function references(cursor: Cursor) {
  cursor.expect("REFERENCES");
  const table = objectName(cursor);
  const referenced = cursor.at("(") ? parenthesizedList(cursor, () => identifier(cursor)) : [];
  while (cursor.accept("ON")) {
    const event = `ON ${cursor.choose("DELETE", "UPDATE")}`;
    if (!cursor.accept("NO", "ACTION"))
      cursor.raise(notSpoken(`${event} of a foreign key with an action but NO ACTION`));
  }
  refuseClauses(cursor, "a constraint", ["NOT FOR REPLICATION"]);
  return { table, referenced };
}

const columnClauses = `AS ENCRYPTED FILESTREAM GENERATED HIDDEN INDEX MASKED ROWGUIDCOL SPARSE`
  .split(" ")
  .concat("NOT FOR REPLICATION");

function column(cursor: Cursor, constraints: ConstraintDefinition[]): ColumnDefinition {
  const name = identifier(cursor);
  refuseClauses(cursor, "a column", columnClauses);
  return columnType(cursor, name, constraints);
}

/** Parses a type, then nullability, identity and constraints in any order; ALTER COLUMN has no constraints. */
export function columnType(cursor: Cursor, name: string, constraints?: ConstraintDefinition[]): ColumnDefinition {
  const type = dataType(cursor);
  let nullable: boolean | undefined;
  let identity: ColumnDefinition["identity"];
  let collation: string | undefined;
  for (;;) {
    refuseClauses(cursor, "a column", columnClauses);
    if (cursor.accept("NULL")) nullable = true;
    else if (cursor.accept("NOT", "NULL")) nullable = false;
    else if (cursor.accept("COLLATE")) collation = identifier(cursor);
    else if (cursor.accept("IDENTITY")) identity = identityOf(cursor);
    else if (!constraints || !columnConstraint(cursor, name, constraints)) break;
  }
  return { name, type, nullable, identity, collation };
}

function identityOf(cursor: Cursor): ColumnDefinition["identity"] {
  if (!cursor.accept("(")) return { seed: 1n, increment: 1n };
  const seed = wholeNumber(cursor);
  cursor.expect(",");
  const increment = wholeNumber(cursor);
  cursor.expect(")");
  return { seed, increment };
}

function columnConstraint(cursor: Cursor, column: string, constraints: ConstraintDefinition[]): boolean {
  const name = cursor.accept("CONSTRAINT") ? identifier(cursor) : undefined;
  const key = keyKind(cursor);
  if (key) {
    constraints.push({ kind: "key", name, ...key, columns: [{ name: column, isDescending: false }] });
    storage(cursor);
  } else if (cursor.at("CHECK")) constraints.push({ kind: "check", name, condition: check(cursor), column });
  else if (cursor.accept("DEFAULT")) {
    const value = written(cursor, () => expression(cursor));
    refuseClauses(cursor, "a default", ["WITH VALUES"]);
    constraints.push({ kind: "default", name, value, column });
  } else if (cursor.at("REFERENCES") || cursor.accept("FOREIGN", "KEY"))
    constraints.push({ kind: "foreignKey", name, columns: [column], ...references(cursor) });
  else if (name !== undefined) cursor.fail();
  else return false;
  return true;
}
