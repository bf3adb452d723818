import type { ReferentialAction } from "../data/store";
import type { Condition, Expression } from "../syntax";
import type {
  ColumnDefinition,
  ConstraintDefinition,
  IndexDefinition,
  KeyColumn,
  TableBody,
  Written,
} from "../table-syntax";
import { type Cursor, identifier, parenthesizedList, wholeNumber } from "./cursor";
import { definitionText } from "./definition-text";
import { condition, expression } from "./expression";
import { dataType, objectName } from "./names";
import { skipParentheses } from "./query";

interface Building {
  readonly columns: ColumnDefinition[];
  readonly constraints: ConstraintDefinition[];
}

/** `( columns and constraints )`. https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql */
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
    const constraint = tableConstraint(cursor);
    if (constraint) building.constraints.push(constraint);
    else column(cursor, building);
  } while (cursor.accept(",") || startsTableConstraint(cursor));
  return building;
}

const startsTableConstraint = (cursor: Cursor): boolean => cursor.at("CONSTRAINT");

function tableConstraint(cursor: Cursor): ConstraintDefinition | undefined {
  if (cursor.at("INDEX")) return inlineIndex(cursor);
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
    return { kind: "default", name, value, column, withValues: cursor.accept("WITH", "VALUES") };
  }
  return name === undefined ? undefined : cursor.fail();
}

/** INDEX among a table's columns, or behind the one that it is of. */
function inlineIndex(cursor: Cursor, column?: string): ConstraintDefinition {
  cursor.expect("INDEX");
  const name = identifier(cursor);
  const isUnique = cursor.accept("UNIQUE");
  const isClustered = clustering(cursor) ?? false;
  return { kind: "index", name, isUnique, isClustered, ...indexColumns(cursor, column) };
}

/** What an index holds: `(a, b DESC) INCLUDE (c) WHERE d = 0`. */
export function indexColumns(
  cursor: Cursor,
  column?: string,
): Pick<IndexDefinition, "columns" | "included" | "filter"> {
  const isOwn = column !== undefined && !cursor.at("(");
  const columns = isOwn ? [{ name: column, isDescending: false }] : keyColumns(cursor);
  const included = cursor.accept("INCLUDE") ? parenthesizedList(cursor, () => identifier(cursor)) : [];
  const filter = cursor.accept("WHERE") ? written(cursor, () => condition(cursor)) : undefined;
  storage(cursor);
  return { columns, included, filter };
}

function keyKind(cursor: Cursor): { readonly isPrimary: boolean; readonly isClustered?: boolean } | undefined {
  const isPrimary = cursor.accept("PRIMARY", "KEY");
  if (!isPrimary && !cursor.accept("UNIQUE")) return undefined;
  return { isPrimary, isClustered: clustering(cursor) };
}

export function clustering(cursor: Cursor): boolean | undefined {
  return cursor.accept("CLUSTERED") ? true : cursor.accept("NONCLUSTERED") ? false : undefined;
}

/** `(a ASC, b DESC)` with what may follow it: WITH (...), ON [PRIMARY]. */
function keyColumns(cursor: Cursor): KeyColumn[] {
  const columns = parenthesizedList(cursor, () => {
    const name = identifier(cursor);
    return { name, isDescending: !cursor.accept("ASC") && cursor.accept("DESC") };
  });
  storage(cursor);
  return columns;
}

/** Where and how rows are kept: nothing that a query can see. */
export function storage(cursor: Cursor): void {
  if (cursor.accept("WITH")) skipParentheses(cursor);
  for (const word of ["ON", "TEXTIMAGE_ON", "FILESTREAM_ON"]) if (cursor.accept(word)) identifier(cursor);
}

function check(cursor: Cursor): Written<NonNullable<ReturnType<typeof condition>>> {
  cursor.expect("CHECK");
  cursor.accept("NOT", "FOR", "REPLICATION");
  cursor.expect("(");
  const parsed = written(cursor, () => condition(cursor));
  cursor.expect(")");
  return parsed;
}

function written<T extends Expression | Condition>(cursor: Cursor, parse: () => T): Written<T> {
  const first = cursor.peek();
  const value = parse();
  return { value, text: definitionText(value) ?? `(${cursor.written(first)})` };
}

const actions = ["NO ACTION", "CASCADE", "SET NULL", "SET DEFAULT"] as const satisfies readonly ReferentialAction[];

function references(cursor: Cursor) {
  cursor.expect("REFERENCES");
  const table = objectName(cursor);
  const referenced = cursor.at("(") ? parenthesizedList(cursor, () => identifier(cursor)) : [];
  let onDelete: ReferentialAction = "NO ACTION";
  let onUpdate: ReferentialAction = "NO ACTION";
  while (cursor.accept("ON")) {
    const event = cursor.choose("DELETE", "UPDATE");
    const action = actions.find((words) => cursor.accept(...words.split(" "))) ?? cursor.fail();
    if (event === "DELETE") onDelete = action;
    else onUpdate = action;
  }
  cursor.accept("NOT", "FOR", "REPLICATION");
  return { table, referenced, onDelete, onUpdate };
}

function column(cursor: Cursor, building: Building): void {
  const name = identifier(cursor);
  if (cursor.accept("AS")) {
    const value = written(cursor, () => expression(cursor));
    const isPersisted = cursor.accept("PERSISTED");
    const nullable = isPersisted && cursor.accept("NOT", "NULL") ? false : undefined;
    building.columns.push({ name, nullable, computed: { ...value, isPersisted } });
    return;
  }
  const definition = columnType(cursor, name, building.constraints);
  building.columns.push(definition);
}

/** Type, nullability, identity and constraints, in any order behind the type; ALTER COLUMN has no constraints. */
export function columnType(cursor: Cursor, name: string, constraints?: ConstraintDefinition[]): ColumnDefinition {
  const type = dataType(cursor);
  let nullable: boolean | undefined;
  let identity: ColumnDefinition["identity"];
  let collation: string | undefined;
  for (;;) {
    if (cursor.accept("NULL")) nullable = true;
    else if (cursor.accept("NOT", "NULL")) nullable = false;
    else if (cursor.accept("NOT", "FOR", "REPLICATION")) continue;
    else if (cursor.accept("COLLATE")) collation = identifier(cursor);
    else if (cursor.accept("IDENTITY")) identity = identityOf(cursor);
    else if (!ignored(cursor) && !(constraints && columnConstraint(cursor, name, constraints))) break;
  }
  return { name, type, nullable, identity, collation };
}

const ignored = (cursor: Cursor): boolean => ["ROWGUIDCOL", "SPARSE", "HIDDEN"].some((word) => cursor.accept(word));

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
    constraints.push({ kind: "default", name, value, column, withValues: cursor.accept("WITH", "VALUES") });
  } else if (cursor.at("INDEX")) constraints.push(inlineIndex(cursor, column));
  else if (cursor.at("REFERENCES") || cursor.accept("FOREIGN", "KEY"))
    constraints.push({ kind: "foreignKey", name, columns: [column], ...references(cursor) });
  else if (name !== undefined) cursor.fail();
  else return false;
  return true;
}
