import { notModelled, type ObjectPlace } from "../data/access";
import type { RowChange } from "../data/foreign-keys";
import { commitTransaction, openTransaction, rollBackTransaction, startTransaction } from "../data/session-data";
import { objectKey, type Row, type Store, type StoredTable, type StoredTrigger } from "../data/store";
import { createTable } from "../data/table";
import type { ChangeVerb } from "../data/target";
import { type Transaction, undoTo } from "../data/transaction";
import { triggersOn } from "../data/triggers";
import { sqlError } from "../messages";
import type { Context } from "../query/scope";
import { runText } from "./batch";
import type { Outcome, RowStatement } from "./carry-out";
import { changing } from "./changing";
import { nested } from "./exec";
import { type Run, rollBack } from "./run";

/** Rows of one table that a statement has changed: its own, or those that a foreign key's CASCADE led to. */
interface Affected {
  readonly table: StoredTable;
  readonly place: ObjectPlace;
  readonly verb: ChangeVerb;
  readonly changes: readonly RowChange[];
  readonly updated: ReadonlySet<number>;
}

/** 334: results of the statement and of a trigger would be mixed. */
export function refuseOutput({ target, verbs, output }: RowStatement, { session }: Run): void {
  if (!output || output.isInto) return;
  const { store, key } = target.found.place;
  const reader = openTransaction(session);
  if (verbs.some((verb) => triggersOn(store, key, verb, reader).length > 0)) throw sqlError(334, target.written);
}

/** One statement's changes with those of the triggers that it fires, all of them or none. */
export async function changingWithTriggers(
  statement: RowStatement,
  work: (transaction: Transaction) => Outcome,
  run: Run,
): Promise<Outcome> {
  const { store } = statement.target.found.place;
  if (!store || ![...store.objects.values()].some(({ kind }) => kind === "trigger")) return changing(run, work);
  const { session, context } = run;
  if (context.last.doomed) throw sqlError(3930);
  const isOwn = session.transactionCount === 0;
  if (isOwn) startTransaction(session);
  const transaction = openTransaction(session) as Transaction;
  const mark = transaction.entries.length;
  try {
    const outcome = work(transaction);
    context.last.rowCount = outcome.rows.length;
    for (const affected of affectedBy(statement, outcome, store, transaction, mark)) await fireAll(affected, run);
    if (isOwn) commitTransaction(session);
    return outcome;
  } catch (error) {
    if (session.transaction === transaction) {
      if (isOwn) rollBackTransaction(session);
      else undoTo(transaction, mark);
    }
    throw error;
  }
}

/** The statement's own table fires even where no row was changed. */
function affectedBy(
  { target, verbs, updated }: RowStatement,
  { rows }: Outcome,
  store: Store,
  transaction: Transaction,
  mark: number,
): Affected[] {
  const place = target.found.place;
  if (target.insteadOf) {
    if (verbs.length > 1) throw notModelled("MERGE into a table with an INSTEAD OF trigger");
    const changes = rows.map(({ deleted, inserted }) => ({ before: deleted, after: inserted }));
    return verbs.map((verb) => ({ table: target.table, place, verb, changes, updated }));
  }
  const byTable = new Map<StoredTable, Map<number, RowChange>>([[target.table, new Map()]]);
  for (const entry of transaction.entries.slice(mark)) {
    if (entry.kind !== "row" || entry.store !== store) continue;
    const changes = byTable.get(entry.table) ?? new Map<number, RowChange>();
    byTable.set(entry.table, changes);
    const earlier = changes.get(entry.row);
    changes.set(entry.row, { before: earlier ? earlier.before : entry.before, after: entry.after });
  }
  return [...byTable].flatMap(([table, changes]) => {
    const own = table === target.table;
    const key = own ? place.key : objectKey(table.schema, table.name);
    return allVerbs.flatMap((verb): Affected[] => {
      const alike = [...changes.values()].filter((change) => verbOf(change) === verb);
      if (alike.length === 0 && !(own && verbs.includes(verb))) return [];
      const set = own ? updated : changedColumns(table, alike);
      return [{ table, place: { ...place, key }, verb, changes: alike, updated: set }];
    });
  });
}

const allVerbs = ["INSERT", "UPDATE", "DELETE"] as const;

function verbOf({ before, after }: RowChange): ChangeVerb | undefined {
  if (before) return after ? "UPDATE" : "DELETE";
  return after ? "INSERT" : undefined;
}

function changedColumns({ columns }: StoredTable, changes: readonly RowChange[]): ReadonlySet<number> {
  const isChanged = (at: number) => changes.some(({ before, after }) => before?.[at] !== after?.[at]);
  return new Set(columns.filter((_, at) => isChanged(at)).map(({ id }) => id));
}

async function fireAll(affected: Affected, run: Run): Promise<void> {
  const { place, verb } = affected;
  const fired = run.context.fired ?? [];
  const triggers = triggersOn(place.store, place.key, verb, openTransaction(run.session));
  const replacing = triggers.filter(({ isInsteadOf, id }) => isInsteadOf && id !== fired.at(-1));
  // RECURSIVE_TRIGGERS is OFF: what a trigger does to its own table does not fire it again.
  const following = triggers.filter(({ isInsteadOf, id }) => !isInsteadOf && id !== fired.at(-1));
  for (const trigger of replacing.length > 0 ? replacing : following) await fire(trigger, affected, run);
}

async function fire(trigger: StoredTrigger, affected: Affected, run: Run): Promise<void> {
  const { table, place, verb, changes, updated } = affected;
  const { session } = run;
  const { transaction } = session;
  const inside = nested(run);
  const tables = new Map([
    [
      "inserted",
      pseudoTable(
        "inserted",
        table,
        changes.map(({ after }) => after),
      ),
    ],
    [
      "deleted",
      pseudoTable(
        "deleted",
        table,
        changes.map(({ before }) => before),
      ),
    ],
  ]);
  const all = new Set(table.columns.map(({ id }) => id));
  const set = verb === "INSERT" ? all : verb === "UPDATE" ? updated : new Set<number>();
  const context: Context = {
    ...inside.context,
    database: place.database?.name,
    caught: undefined,
    firing: { tables, columns: table.columns, updated: set, verb },
    fired: [...(run.context.fired ?? []), trigger.id],
  };
  const abort = session.options.get("XACT_ABORT");
  // A trigger's body begins with XACT_ABORT ON.
  session.options.set("XACT_ABORT", "ON");
  try {
    await runText(trigger.body, new Map(), { ...inside, context, procedure: { name: trigger.name, status: 0 } });
  } finally {
    if (abort === undefined) session.options.delete("XACT_ABORT");
    else session.options.set("XACT_ABORT", abort);
  }
  if (session.transaction !== transaction) throw sqlError(3609);
  // 3616: the body's own CATCH does not save the transaction.
  if (!context.last.doomed) return;
  if (!run.insideTry) rollBack(run);
  throw sqlError(3616);
}

/** Keys and constraints are the table's own affair: only its columns are there. */
function pseudoTable(name: string, { definition }: StoredTable, rows: readonly (Row | undefined)[]): StoredTable {
  const columns = definition.columns.map((column) => ({ ...column, identity: undefined, computed: undefined }));
  const stored = rows.flatMap((row, index) => (row ? [[index + 1, row] as const] : []));
  return createTable({ ...definition, name, columns, keys: [], checks: [], foreignKeys: [] }, stored);
}
