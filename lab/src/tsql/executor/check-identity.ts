import { findObject, requirePermission, requireWritable, writtenName } from "../data/access";
import { identityBytes, wholeOf } from "../data/changes";
import type { StoredTable } from "../data/store";
import { formatMessage, sqlError } from "../messages";
import type { DefinitionStatement } from "../table-syntax";
import { type Flow, finish, type Run } from "./run";

/** DBCC CHECKIDENT: shows the last number given, and sets where the numbers go on. */
export function checkIdentity(
  { table: name, mode, value, isSilent }: Extract<DefinitionStatement, { readonly kind: "checkIdentity" }>,
  run: Run,
): Flow {
  const found = findObject(name, run.context);
  if (found?.object.kind !== "table") throw sqlError(2501, writtenName(name));
  const { object, place } = found;
  requirePermission("ALTER", found);
  const position = object.columns.findIndex(({ identity }) => identity);
  if (position < 0) throw sqlError(7997, writtenName(name));
  const [current, most] = [object.lastIdentity, mostOf(object, position)];
  if (mode === "RESEED") {
    requireWritable(place);
    reseed(object, value ?? most);
    const { nextIdentity: next, lastIdentity: last } = object;
    place.store?.committed?.([{ kind: "identity", key: place.key, next, last }], identityBytes, run.session.host.now());
  }
  if (!isSilent) {
    const shown = [current, value === undefined ? most : undefined].map((each) =>
      each === undefined ? "NULL" : `${each}`,
    );
    const text =
      value === undefined
        ? formatMessage(7998, ...shown).text
        : `Checking identity information: current identity value '${shown[0]}'.`;
    run.sink.info({ number: 7998, severity: 10, state: 1, text, line: 0 });
    run.sink.info({ ...formatMessage(2528), number: 2528, state: 1, line: 0 });
  }
  finish(run, {});
  return "next";
}

/** Without rows so far the next number is the value itself, otherwise the one behind it. */
function reseed(table: StoredTable, value: bigint | undefined): void {
  const increment = table.columns.find(({ identity }) => identity)?.identity?.increment ?? 1n;
  if (value === undefined) return;
  const isFresh = table.lastIdentity === undefined;
  table.nextIdentity = isFresh ? value : value + increment;
  if (!isFresh) table.lastIdentity = value;
}

function mostOf(table: StoredTable, position: number): bigint | undefined {
  let most: bigint | undefined;
  for (const row of table.rows.values()) {
    const value = wholeOf(row[position] ?? null, table, position);
    if (most === undefined || value > most) most = value;
  }
  return most;
}
