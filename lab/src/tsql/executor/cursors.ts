import { sessionData } from "../data/session-data";
import { sqlError } from "../messages";
import { bindQuery } from "../query/query";
import type { Context, SqlCursor } from "../query/scope";
import type { CursorDefinition, CursorName, CursorStatement, FetchDirection } from "../syntax";
import { int, type SqlValue } from "../types";
import { convertValue } from "../values/convert";
import { type Flow, finish, type Run, resolving } from "./run";
import { evaluate } from "./statement";

type Of<K extends CursorStatement["kind"]> = Extract<CursorStatement, { readonly kind: K }>;

export function cursorStatement(statement: CursorStatement, run: Run): Flow {
  switch (statement.kind) {
    case "declareCursor":
      declare(statement, run);
      break;
    case "setCursor":
      setVariable(statement, run);
      break;
    case "openCursor":
      open(statement.cursor, run);
      break;
    case "closeCursor":
      opened(statement.cursor, run.context);
      found(statement.cursor, run.context).opened = undefined;
      break;
    case "deallocateCursor":
      deallocate(statement.cursor, run.context);
      break;
    case "fetch":
      return fetch(statement, run);
  }
  finish(run, {});
  return "next";
}

const key = (name: string): string => name.toLowerCase();
const globals = ({ session }: Context): Map<string, SqlCursor> => sessionData(session).cursors;

/** Local ones first. Throws 16916; 16950 for a variable that has none. */
function found({ name, isGlobal }: CursorName, context: Context): SqlCursor {
  const cursor = (isGlobal ? undefined : context.cursors?.get(key(name))) ?? globals(context).get(key(name));
  if (cursor) return cursor;
  throw sqlError(name.startsWith("@") ? 16950 : 16916, name);
}

const newCursor = (definition: CursorDefinition): SqlCursor => ({ definition, opened: undefined });

function declare({ name, definition }: Of<"declareCursor">, { context }: Run): void {
  const scope = definition.scope === "local" ? context.cursors : globals(context);
  if (scope?.has(key(name))) throw sqlError(16915, name);
  scope?.set(key(name), newCursor(definition));
}

/** A variable is another name of the cursor that it is given. */
function setVariable({ name, definition, from }: Of<"setCursor">, { context }: Run): void {
  const cursor = definition ? newCursor(definition) : found({ name: from ?? "", isGlobal: false }, context);
  context.cursors?.set(name, cursor);
}

function deallocate(name: CursorName, context: Context): void {
  found(name, context);
  if (!name.isGlobal && context.cursors?.delete(key(name.name))) return;
  globals(context).delete(key(name.name));
}

/** The rows are those of now: what changes afterwards is not seen. */
function open(name: CursorName, { context, session }: Run): void {
  const cursor = found(name, context);
  if (cursor.opened) throw sqlError(16905);
  const bound = resolving(() => bindQuery(cursor.definition.query, context, undefined));
  cursor.opened = { columns: bound.columns, rows: bound.rows(undefined), at: -1 };
  sessionData(session).cursorRows = cursor.opened.rows.length;
}

function opened(name: CursorName, context: Context): NonNullable<SqlCursor["opened"]> {
  const cursor = found(name, context);
  if (!cursor.opened) throw sqlError(16917);
  return cursor.opened;
}

function fetch({ cursor: name, direction, count, into }: Of<"fetch">, run: Run): Flow {
  const { context, session } = run;
  const data = sessionData(session);
  data.fetchStatus = -1;
  const cursor = opened(name, context);
  const { isScrollable } = found(name, context).definition;
  if (direction !== "next" && !isScrollable) throw sqlError(16911, "fetch", direction);
  if (into && into.length !== cursor.columns.length) throw sqlError(16924);
  const distance = count ? evaluate(count, run) : undefined;
  const steps = distance ? Number(convertValue(distance.value, distance.type, int) ?? 0) : 0;
  const { rows } = cursor;
  cursor.at = Math.max(-1, Math.min(rows.length, position(direction, steps, cursor)));
  const row = rows[cursor.at];
  if (row) data.fetchStatus = 0;
  if (into) {
    if (row) assign(into, row, cursor, run);
    context.last.rowCount = row ? 1 : 0;
    return "next";
  }
  run.sink.columns(cursor.columns.map(({ name: column, type, nullable }) => ({ name: column, type, nullable })));
  if (row) run.sink.row(row);
  finish(run, { rowCount: row ? 1 : 0, isSelect: true });
  return "next";
}

function position(direction: FetchDirection, steps: number, { rows, at }: NonNullable<SqlCursor["opened"]>): number {
  switch (direction) {
    case "next":
      return at + 1;
    case "prior":
      return at - 1;
    case "first":
      return 0;
    case "last":
      return rows.length - 1;
    case "absolute":
      return steps > 0 ? steps - 1 : steps < 0 ? rows.length + steps : -1;
    case "relative":
      return at + steps;
  }
}

function assign(
  names: readonly string[],
  row: readonly SqlValue[],
  { columns }: NonNullable<SqlCursor["opened"]>,
  { context }: Run,
): void {
  const dateFormat = context.session.options.get("DATEFORMAT");
  for (const [at, name] of names.entries()) {
    const variable = context.variables.get(name);
    const column = columns[at];
    if (variable && column) variable.value = convertValue(row[at] ?? null, column.type, variable.type, { dateFormat });
  }
}
