import { deleteRows, insertRows, rowCheck, updateRows } from "../data/rows";
import type { Row } from "../data/store";
import { type ChangeableTable, type ChangeVerb, changeableTable, type Target } from "../data/target";
import type { Transaction } from "../data/transaction";
import { sqlError } from "../messages";
import { bind } from "../query/bind";
import { bindCondition } from "../query/conditions";
import { equijoin } from "../query/equijoin";
import { fromClause, type Source } from "../query/from";
import type { Bound, BoundCondition, Frame, Scope, SourceColumn } from "../query/scope";
import type { DataStatement, MergeClause } from "../table-syntax";
import { nvarchar, type SqlValue } from "../types";
import { changing } from "./changing";
import { commonTablesOf, limitOf } from "./common-tables";
import { columnsToFill, fillRow } from "./fill";
import { finishChange } from "./insert";
import { bindOutput, type ChangedRow } from "./output";
import { type Flow, type Run, resolving } from "./run";
import { settersOf } from "./update";

type Merge = Extract<DataStatement, { readonly kind: "merge" }>;

/** A row of the source beside one of the target; one of the two may be missing. */
interface Pair {
  readonly source?: Row;
  readonly target?: Row;
}

interface BoundClause {
  readonly when: MergeClause["when"];
  readonly verb: ChangeVerb;
  readonly condition?: BoundCondition;
  /** The target's row as it will be; of UPDATE and INSERT. */
  row(frame: Frame, target: Target): readonly SqlValue[];
}

interface Action {
  readonly verb: ChangeVerb;
  readonly id?: number;
  readonly before?: Row;
  readonly after?: Row;
  readonly source: Row | undefined;
}

/** $action, as a column in front of those of the source. */
const actionColumn: SourceColumn = { name: "$action", type: nvarchar(10), nullable: false, table: "" };

export function merge(statement: Merge, run: Run): Flow {
  const { context } = run;
  const found = resolving(() => changeableTable(statement.target.name, "UPDATE", context));
  const bound = resolving(() => bindMerge(statement, found, run));
  const limit = limitOf(statement.top, run);
  const { count, shown } = changing(run, (transaction) => {
    const actions = bound.actions(found, transaction, limit);
    const rows = apply(actions, found, transaction, run);
    const width = bound.sourceWidth;
    const changed = rows.map(
      ({ verb, before, after, source }): ChangedRow => ({
        deleted: before,
        inserted: after,
        source: [verb, ...(source ?? Array.from({ length: width }, () => null))],
      }),
    );
    return { count: rows.length, shown: bound.output?.deliver(changed, transaction) ?? [] };
  });
  finishChange(run, count, bound.output, shown);
  return "next";
}

function bindMerge(statement: Merge, found: ChangeableTable, run: Run) {
  const { context } = run;
  const base: Scope = { context, columns: [], commonTables: commonTablesOf(statement.commonTables) };
  const source = fromClause([statement.source], base);
  const target = fromClause([statement.target], { ...base, changed: statement.target });
  const joined: Scope = { ...base, columns: [...source.columns, ...target.columns] };
  const on = bindCondition(statement.on, joined);
  const candidates = equijoin(statement.on, joined, source.columns.length);
  const clauses = statement.clauses.map((clause) => bindClause(clause, joined, source, found, run));
  const sides = ["deleted", "inserted"] as const;
  const output =
    statement.output && bindOutput(statement.output, found.table, sides, [actionColumn, ...source.columns], run);
  const none = { source: source.columns.map(() => null), target: target.columns.map(() => null) };
  const rowOf = (pair: Pair): Row => [...(pair.source ?? none.source), ...(pair.target ?? none.target)];
  return {
    output,
    sourceWidth: source.columns.length,
    actions(changeable: ChangeableTable, transaction: Transaction, limit = Number.POSITIVE_INFINITY): Action[] {
      const writing = (verb: ChangeVerb): Target => ({
        ...changeable,
        place: changeable.found.place,
        context,
        transaction,
        verb,
      });
      const actions: Action[] = [];
      const touched = new Set<SqlValue>();
      for (const pair of pairs(source, target, candidates, (row) => on({ row }) === true)) {
        if (actions.length >= limit) break;
        const frame: Frame = { row: rowOf(pair) };
        const when = !pair.target ? "notMatchedByTarget" : pair.source ? "matched" : "notMatchedBySource";
        const clause = clauses.find((one) => one.when === when && (!one.condition || one.condition(frame) === true));
        if (!clause) continue;
        const id = pair.target?.at(-1);
        if (pair.target && touched.has(id ?? null)) throw sqlError(8672);
        if (pair.target) touched.add(id ?? null);
        const after = clause.verb === "DELETE" ? undefined : clause.row(frame, writing(clause.verb));
        actions.push({
          verb: clause.verb,
          id: Number(id),
          before: pair.target?.slice(0, -1),
          after,
          source: pair.source,
        });
      }
      return actions;
    },
  };
}

function bindClause(
  { when, condition, action }: MergeClause,
  joined: Scope,
  source: Source,
  found: ChangeableTable,
  run: Run,
): BoundClause {
  const sourceScope: Scope = { ...joined, columns: source.columns };
  const scope = when === "notMatchedByTarget" ? sourceScope : joined;
  const test = condition && bindCondition(condition, scope);
  const rowAt = source.columns.length;
  switch (action.kind) {
    case "delete":
      return { when, verb: "DELETE", condition: test, row: () => [] };
    case "update": {
      const setters = settersOf(action.set, joined, found, rowAt, run);
      return {
        when,
        verb: "UPDATE",
        condition: test,
        row(frame) {
          const after = frame.row.slice(rowAt, -1);
          for (const set of setters) set(frame, after);
          return after;
        },
      };
    }
    case "insert": {
      const positions = action.values ? columnsToFill(found.table, action.columns, run) : [];
      if (action.values && action.values.length !== positions.length)
        throw sqlError(!action.columns ? 213 : action.values.length < positions.length ? 109 : 110);
      const values = (action.values ?? []).map((value): Bound | undefined => value && bind(value, sourceScope));
      let fill: ((frame: Frame) => SqlValue[]) | undefined;
      return {
        when,
        verb: "INSERT",
        condition: test,
        row(frame, target) {
          fill ??= fillRow(target, positions, values, run);
          return fill(frame);
        },
      };
    }
  }
}

/** Each row of the source with those of the target that it matches, or alone; then the target's that none has matched. */
function* pairs(
  source: Source,
  target: Source,
  candidates: ReturnType<typeof equijoin>,
  matches: (row: Row) => boolean,
): Generator<Pair> {
  const targets = [...target.rows(undefined)];
  const alike = candidates?.(targets) ?? (() => targets);
  const matched = new Set<Row>();
  const sources = [...source.rows(undefined)];
  for (const row of sources) {
    const found = alike(row).filter((other) => matches([...row, ...other]));
    for (const other of found) {
      matched.add(other);
      target.keep?.(other);
      yield { source: row, target: other };
    }
    if (found.length === 0) yield { source: row };
  }
  for (const row of targets) if (!matched.has(row)) yield { target: row };
}

/** All of them together, so that a key may go from one row to another. Gives them back with their rows as they are stored. */
function apply(actions: readonly Action[], found: ChangeableTable, transaction: Transaction, run: Run): Action[] {
  const target = (verb: ChangeVerb): Target => ({
    ...found,
    place: found.found.place,
    context: run.context,
    transaction,
    verb,
  });
  const checks = { INSERT: rowCheck(target("INSERT")), UPDATE: rowCheck(target("UPDATE")) };
  const checked = actions.map((action) =>
    action.verb === "DELETE" || !action.after ? action : { ...action, after: checks[action.verb](action.after) },
  );
  const of = (verb: ChangeVerb) => checked.filter((action) => action.verb === verb);
  deleteRows(
    target("DELETE"),
    of("DELETE").map(({ id }) => id ?? 0),
  );
  updateRows(
    target("UPDATE"),
    of("UPDATE").flatMap(({ id, after }) => (id !== undefined && after ? [{ row: id, after }] : [])),
  );
  insertRows(
    target("INSERT"),
    of("INSERT").flatMap(({ after }) => (after ? [after] : [])),
  );
  return checked;
}
