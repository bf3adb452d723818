import { noteIdentity, wholeOf } from "../data/changes";
import { sessionData } from "../data/session-data";
import { positionOf } from "../data/store";
import type { Target } from "../data/target";
import { sqlError } from "../messages";
import type { Bound, Frame } from "../query/scope";
import type { StoredTable } from "../stored";
import { int, type SqlValue } from "../types";
import { convertValue } from "../values/convert";
import { columnValue } from "./column-value";
import { defaultValue } from "./default-value";
import type { Run } from "./run";

/** The positions of the columns that an INSERT gives values for. Throws 207, 264, 544, 545, 8101. */
export function columnsToFill(table: StoredTable, names: readonly string[] | undefined, run: Run): readonly number[] {
  const mayFillIdentity = sessionData(run.session).identityInsert?.id === table.id;
  if (!names) {
    if (mayFillIdentity) throw sqlError(8101, table.name);
    return table.columns.flatMap(({ identity }, position) => (identity ? [] : [position]));
  }
  const positions = names.map((name) => {
    const position = positionOf(table.columns, name);
    if (position < 0) throw sqlError(207, name);
    return position;
  });
  for (const [index, position] of positions.entries()) {
    const column = table.columns[position];
    if (positions.indexOf(position) < index) throw sqlError(264, column?.name ?? "");
    if (column?.identity && !mayFillIdentity) throw sqlError(544, table.name);
  }
  const identity = table.columns.findIndex((column) => column.identity);
  if (mayFillIdentity && !positions.includes(identity)) throw sqlError(545, table.name);
  return positions;
}

/** Makes a whole row: a column that is given DEFAULT (undefined) or nothing gets its default, NULL, or the next identity value. */
export function fillRow(
  target: Target,
  positions: readonly number[],
  values: readonly (Bound | undefined)[],
  run: Run,
): (frame: Frame) => SqlValue[] {
  const given = new Map(positions.map((position, index) => [position, values[index]]));
  if (target.table.columns.some(({ type }, position) => type.name === "timestamp" && given.get(position)))
    throw sqlError(273);
  const columns = target.table.columns.map((column, position) => {
    const bound = given.get(position) ?? defaultValue(column, run.context);
    return {
      bound: bound && columnValue(bound, column, target, run.context),
      isGiven: given.has(position),
      column,
      position,
    };
  });
  return (frame) =>
    columns.map(({ bound, column, position, isGiven }) => {
      if (column.identity && !isGiven) return nextIdentity(target, position, run);
      const value = bound?.(frame) ?? null;
      if (column.identity) noteGiven(target, position, value, run);
      return value;
    });
}

/** Gives out an identity value, never twice, even if its row is rolled back. Throws 8115 at the type's end. */
function nextIdentity(target: Target, position: number, run: Run): SqlValue {
  const { table } = target;
  const { identity, type } = table.columns[position] ?? { type: int };
  const next = table.nextIdentity;
  const value = convertValue(next, { name: "bigint" }, type);
  noteIdentity(table, next, identity?.increment ?? 1n);
  remember(next, run);
  return value;
}

function noteGiven({ table }: Target, position: number, value: SqlValue, run: Run): void {
  const whole = wholeOf(value, table, position);
  noteIdentity(table, whole, table.columns[position]?.identity?.increment ?? 1n);
  remember(whole, run);
}

function remember(value: bigint, { session, context }: Run): void {
  const data = sessionData(session);
  data.lastIdentity = value;
  (context.identity ?? data.scope).last = value;
}
