import {
  balanced,
  type PassedParameter,
  type PreparedText,
  type ReturnedParameter,
  runPrepared,
} from "./executor/exec";
import type { Run } from "./executor/run";
import type { ResultSink, Session } from "./host";
import { sqlError } from "./messages";
import { parse, parseParameters } from "./parser";
import { type Column, int, type SqlValue } from "./types";

/**
 * The server's cursors behind JDBC's scrollable result sets and ODBC's: opened over all rows as they are then, so each
 * of them is a static one (MS-TDS 2.2.6.6; https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-cursoropen-transact-sql).
 */
interface Cursor {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly SqlValue[])[];
  readonly isForwardOnly: boolean;
  /** The first row of the block that was fetched last, from 0 on; -1 before the first one. */
  at: number;
  count: number;
}

interface Cursors {
  readonly byId: Map<number, Cursor>;
  next: number;
}
const cursors = new WeakMap<Session, Cursors>();

function cursorsOf(session: Session): Cursors {
  const own = cursors.get(session) ?? { byId: new Map<number, Cursor>(), next: 180150003 };
  cursors.set(session, own);
  return own;
}

export function forgetCursors(session: Session): void {
  cursors.delete(session);
}

const scroll = {
  forwardOnly: 4,
  fastForward: 16,
  parameterized: 0x1000,
  autoFetch: 0x2000,
  autoClose: 0x4000,
} as const;
const allowDirect = 0x2000;

/** ROWSTAT says of each row whether it is still there: of these cursors' rows all are. */
const rowStatus: Column = { name: "ROWSTAT", type: int, nullable: false };
const fetched = 1;

export interface CursorOptions {
  readonly cursor: PassedParameter | undefined;
  readonly scrollOptions: PassedParameter | undefined;
  readonly concurrency: PassedParameter | undefined;
  readonly rowCount: PassedParameter | undefined;
}

const numberIn = (parameter: PassedParameter | undefined): number => Number(parameter?.value ?? 0);

const returned = (parameter: PassedParameter | undefined, value: number): ReturnedParameter[] =>
  parameter?.output ? [{ passed: parameter, type: int, value }] : [];

/** sp_cursoropen: with SCROLLOPT_PARAMETERIZED_STMT, definitions and values follow. */
export async function openCursor(passed: readonly PassedParameter[], run: Run): Promise<ReturnedParameter[]> {
  const [cursor, statement, scrollOptions, concurrency, rowCount, definitions, ...values] = passed;
  const isParameterized = (numberIn(scrollOptions) & scroll.parameterized) !== 0;
  const text = {
    text: String(statement?.value ?? ""),
    definitions: isParameterized ? String(definitions?.value ?? "") : "",
  };
  return openOver(text, isParameterized ? values : [], { cursor, scrollOptions, concurrency, rowCount }, run);
}

/** Throws 16937 for what has no rows to scroll through, where the client did not allow to run it as it is. */
export async function openOver(
  text: PreparedText,
  values: readonly PassedParameter[],
  options: CursorOptions,
  run: Run,
): Promise<ReturnedParameter[]> {
  if (!hasRows(text)) {
    if ((numberIn(options.concurrency) & allowDirect) === 0) throw sqlError(16937);
    await balanced(run, () => runPrepared(text, values, run));
    return [...returned(options.cursor, 0), ...returned(options.rowCount, 0)];
  }
  const opened = capturing(run.sink);
  await balanced(run, () => runPrepared(text, values, { ...run, sink: opened.sink }));
  if (!opened.columns) return [];
  const { columns, rows } = opened;
  const requested = numberIn(options.scrollOptions);
  const isForwardOnly = (requested & (scroll.forwardOnly | scroll.fastForward)) !== 0;
  const cursor: Cursor = { columns, rows, isForwardOnly, at: -1, count: 0 };
  const own = cursorsOf(run.session);
  const id = own.next;
  own.next += 2;
  own.byId.set(id, cursor);
  const wanted = (requested & scroll.autoFetch) === 0 ? 0 : Math.max(1, numberIn(options.rowCount));
  show(cursor, 0, wanted, run.sink);
  if (wanted === 0) cursor.at = -1;
  if (requested & scroll.autoClose && cursor.count === rows.length) own.byId.delete(id);
  return [
    ...returned(options.cursor, id),
    ...returned(options.scrollOptions, requested & ~(scroll.parameterized | scroll.autoFetch | scroll.autoClose)),
    ...returned(options.concurrency, numberIn(options.concurrency) & ~allowDirect),
    ...returned(options.rowCount, isForwardOnly ? -1 : rows.length),
  ];
}

/** One SELECT, or one call. */
function hasRows({ text, definitions }: PreparedText): boolean {
  const declared = new Map(parseParameters(definitions).map(({ name, type }) => [name, type] as const));
  const [first, ...others] = parse(text, { declared }).statements;
  if (!first || others.length > 0) return false;
  if (first.kind === "exec" || first.kind === "execText") return true;
  return first.kind === "select" && !("into" in first.query.first && first.query.first.into);
}

/** What the text shows goes into the cursor, what it says to the client. */
function capturing(sink: ResultSink) {
  const found: { columns: readonly Column[] | undefined; readonly rows: (readonly SqlValue[])[]; sink: ResultSink } = {
    columns: undefined,
    rows: [],
    sink: {
      columns(columns) {
        if (found.columns) throw sqlError(16937);
        found.columns = columns;
      },
      row: (row) => found.rows.push(row),
      statementEnd({ failed }) {
        if (failed) found.columns = undefined;
      },
      error: (error) => sink.error(error),
      info: (message) => sink.info(message),
      databaseChanged: (name, previous) => sink.databaseChanged(name, previous),
    },
  };
  return found;
}

function show(cursor: Cursor, from: number, wanted: number, sink: ResultSink): void {
  const block = cursor.rows.slice(Math.max(0, from), Math.max(0, from) + wanted);
  sink.columns([...cursor.columns, rowStatus]);
  for (const row of block) sink.row([...row, fetched]);
  sink.statementEnd({ rowCount: block.length, isSelect: true, failed: false });
  cursor.at = Math.min(Math.max(-1, from), cursor.rows.length);
  cursor.count = block.length;
}

const fetchTypes = {
  first: 0x1,
  next: 0x2,
  previous: 0x4,
  last: 0x8,
  absolute: 0x10,
  relative: 0x20,
  refresh: 0x80,
  info: 0x100,
  previousNoAdjust: 0x200,
} as const;

/** sp_cursorfetch (cursor, fetchtype, rownum, nrows); INFO gives the position and the number of rows back. */
export function fetchCursor(passed: readonly PassedParameter[], run: Run): ReturnedParameter[] {
  const [handle, type, row, rows] = passed;
  const cursor = cursorIn("sp_cursorfetch", handle, run);
  const kind = type?.value === undefined || type.value === null ? fetchTypes.next : numberIn(type);
  if (kind === fetchTypes.info)
    return [...returned(row, Math.max(0, cursor.at + 1)), ...returned(rows, cursor.rows.length)];
  const wanted = rows?.value === undefined || rows.value === null ? 20 : numberIn(rows);
  if (cursor.isForwardOnly && kind !== fetchTypes.next && kind !== fetchTypes.first && kind !== fetchTypes.refresh)
    throw sqlError(16911, "sp_cursorfetch", nameOf(kind));
  const [from, count] = blockOf(cursor, kind, numberIn(row), wanted);
  show(cursor, from, count, run.sink);
  return [];
}

const nameOf = (kind: number): string =>
  Object.entries(fetchTypes).find(([, value]) => value === kind)?.[0] ?? String(kind);

/** Where the block begins, from 0 on, and how many rows it has at most. A block of no rows is a position beside the rows. */
function blockOf({ rows, at, count }: Cursor, kind: number, row: number, wanted: number): readonly [number, number] {
  switch (kind) {
    case fetchTypes.first:
      return [wanted === 0 ? -1 : 0, wanted];
    case fetchTypes.next:
      return [at < 0 ? 0 : at + Math.max(count, at < rows.length ? 1 : 0), wanted];
    case fetchTypes.previous:
      return at <= 0 ? [-1, 0] : [Math.max(0, at - wanted), wanted];
    case fetchTypes.previousNoAdjust:
      return at <= 0 ? [-1, 0] : [Math.max(0, at - wanted), Math.min(wanted, at)];
    case fetchTypes.last:
      return wanted === 0 ? [rows.length, 0] : [Math.max(0, rows.length - wanted), wanted];
    case fetchTypes.absolute:
      return inside(row > 0 ? row - 1 : row < 0 ? rows.length + row : -1, wanted);
    case fetchTypes.relative:
      return inside(at + row, wanted);
    case fetchTypes.refresh:
      return [at, count];
    default:
      throw sqlError(16902, "sp_cursorfetch", "fetchtype");
  }
}

const inside = (from: number, wanted: number): readonly [number, number] => (from < 0 ? [-1, 0] : [from, wanted]);

export function closeCursor([handle]: readonly PassedParameter[], run: Run): void {
  cursorIn("sp_cursorclose", handle, run);
  cursorsOf(run.session).byId.delete(numberIn(handle));
}

/** sp_cursor with anything but SETPOSITION changes rows, and these cursors do not. Throws 16929. */
export function moveCursor([handle, operation]: readonly PassedParameter[], run: Run): void {
  cursorIn("sp_cursor", handle, run);
  if ((numberIn(operation) & 0x7) !== 0) throw sqlError(16929);
}

/** Names and the like of a cursor: nothing that shows. */
export function setCursorOption([handle]: readonly PassedParameter[], run: Run): void {
  cursorIn("sp_cursoroption", handle, run);
}

function cursorIn(procedure: string, handle: PassedParameter | undefined, { session }: Run): Cursor {
  const found = cursorsOf(session).byId.get(numberIn(handle));
  if (!found) throw sqlError(16909, procedure, numberIn(handle).toString(16));
  return found;
}
