import { deleteRows, insertRows, rowCheck, updateRows } from "../data/rows";
import type { Row } from "../data/store";
import type { ChangeableTable, ChangeVerb, Target } from "../data/target";
import { sqlError } from "../messages";
import { bind } from "../query/bind";
import { bindCondition } from "../query/conditions";
import { equijoin } from "../query/equijoin";
import { fromClause, type Source } from "../query/from";
import type { Bound, BoundCondition, Context, Frame, Scope, SourceColumn } from "../query/scope";
import type { DataStatement, MergeClause } from "../table-syntax";
import { nvarchar, type SqlValue } from "../types";
import type { RowStatement } from "./carry-out";
import { changeable } from "./changeable";
import { commonTablesOf, limitOf } from "./common-tables";
import { columnsToFill, fillRow } from "./fill";
import { bindOutput, type ChangedRow } from "./output";
import { type Run, resolving } from "./run";
import { settersOf, updatedColumns } from "./update";

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

export function merging(statement: Merge, run: Run): RowStatement {
  const { target: source, commonTables, clauses } = statement;
  const found = resolving(() => changeable(source, "UPDATE", run.context, commonTablesOf(commonTables)));
  const context: Context = { ...run.context, changed: { source, through: found.through } };
  const bound = resolving(() => bindMerge(statement, found, { ...run, context }));
  const limit = limitOf(statement.top, run);
  const set = clauses.flatMap(({ action }) => (action.kind === "update" ? action.set : []));
  return {
    target: found,
    verbs: [...new Set(clauses.map(({ action }) => verbs[action.kind]))],
    updated: updatedColumns(set, found),
    output: bound.output,
    perform(transaction) {
      const target = { ...found, place: found.found.place, context, transaction };
      const rows = apply([...take(bound.actions(target), limit)], target);
      const none = Array.from({ length: bound.sourceWidth }, () => null);
      return rows.map(
        ({ verb, before, after, source: row }): ChangedRow => ({
          deleted: before,
          inserted: after,
          source: [verb, ...(row ?? none)],
        }),
      );
    },
  };
}

const verbs = { insert: "INSERT", update: "UPDATE", delete: "DELETE" } as const;

function bindMerge(statement: Merge, found: ChangeableTable, run: Run) {
  const { context } = run;
  const base: Scope = { context, columns: [], commonTables: commonTablesOf(statement.commonTables) };
  const source = fromClause([statement.source], base);
  const table = fromClause([statement.target], base);
  const joined: Scope = { ...base, columns: [...source.columns, ...table.columns] };
  const on = bindCondition(statement.on, joined);
  const candidates = equijoin(statement.on, joined, source.columns.length);
  const clauses = statement.clauses.map((clause) => bindClause(clause, joined, source, found, run));
  const sides = ["deleted", "inserted"] as const;
  const output =
    statement.output && bindOutput(statement.output, found.table, sides, [actionColumn, ...source.columns], run);
  const none = { source: source.columns.map(() => null), target: table.columns.map(() => null) };
  const rowOf = (pair: Pair): Row => [...(pair.source ?? none.source), ...(pair.target ?? none.target)];
  return {
    output,
    sourceWidth: source.columns.length,
    *actions(target: Omit<Target, "verb">): Generator<Action> {
      const touched = new Set<SqlValue>();
      for (const pair of pairs(source, table, candidates, (row) => on({ row }) === true)) {
        const frame: Frame = { row: rowOf(pair) };
        const clause = clauseFor(pair, frame, clauses);
        if (!clause) continue;
        const id = pair.target?.at(-1) ?? null;
        if (pair.target && touched.has(id)) throw sqlError(8672);
        touched.add(id);
        const { verb } = clause;
        const after = verb === "DELETE" ? undefined : clause.row(frame, { ...target, verb });
        const before = pair.target?.slice(-1 - found.table.columns.length, -1);
        yield { verb, id: Number(id), before, after, source: pair.source };
      }
    },
  };
}

/** The first that is for such a pair and whose condition holds. */
function clauseFor(pair: Pair, frame: Frame, clauses: readonly BoundClause[]): BoundClause | undefined {
  const when = !pair.target ? "notMatchedByTarget" : pair.source ? "matched" : "notMatchedBySource";
  return clauses.find((clause) => clause.when === when && (!clause.condition || clause.condition(frame) === true));
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
  const rowAt = joined.columns.length - 1 - found.table.columns.length;
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
      yield { source: row, target: other };
    }
    if (found.length === 0) yield { source: row };
  }
  for (const row of targets) if (!matched.has(row)) yield { target: row };
}

function* take<T>(items: Iterable<T>, limit = Number.POSITIVE_INFINITY): Generator<T> {
  let count = 0;
  for (const item of items) {
    if (count++ >= limit) return;
    yield item;
  }
}

/** All of them together, so that a key may go from one row to another. Gives them back with their rows as they are stored. */
function apply(actions: readonly Action[], target: Omit<Target, "verb">): Action[] {
  const checks = {
    INSERT: rowCheck({ ...target, verb: "INSERT" }),
    UPDATE: rowCheck({ ...target, verb: "UPDATE" }),
  };
  const checked = actions.map((action) =>
    action.verb === "DELETE" || !action.after ? action : { ...action, after: checks[action.verb](action.after) },
  );
  const of = (verb: ChangeVerb) => checked.filter((action) => action.verb === verb);
  deleteRows(
    { ...target, verb: "DELETE" },
    of("DELETE").map(({ id }) => id ?? 0),
  );
  updateRows(
    { ...target, verb: "UPDATE" },
    of("UPDATE").flatMap(({ id, after }) => (id !== undefined && after ? [{ row: id, after }] : [])),
  );
  insertRows(
    { ...target, verb: "INSERT" },
    of("INSERT").flatMap(({ after }) => (after ? [after] : [])),
  );
  return checked;
}
