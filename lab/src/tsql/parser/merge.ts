import { sqlError } from "../messages";
import type { CommonTables, DataStatement, MergeAction, MergeClause } from "../table-syntax";
import { type Cursor, identifier, isIdentifier, parenthesizedList } from "./cursor";
import { condition } from "./expression";
import { tableName, tableSource } from "./from";
import { queryHints } from "./query-hints";
import { assignedValue, columnPath, output, rowLimit, setList } from "./row-change";
import { tableHints } from "./table-hints";

/** https://learn.microsoft.com/sql/t-sql/statements/merge-transact-sql */
export function merge(cursor: Cursor, commonTables: CommonTables): DataStatement {
  const top = rowLimit(cursor);
  cursor.accept("INTO");
  const name = tableName(cursor);
  const before = cursor.at("WITH") ? tableHints(cursor) : [];
  const alias = cursor.accept("AS") || isIdentifier(cursor.peek()) ? aliasOf(cursor) : undefined;
  const hints = [...before, ...(cursor.at("WITH") ? tableHints(cursor) : [])];
  cursor.expect("USING");
  const source = tableSource(cursor);
  cursor.expect("ON");
  const on = condition(cursor);
  const clauses: MergeClause[] = [];
  while (cursor.at("WHEN")) clauses.push(clause(cursor, clauses));
  if (clauses.length === 0) cursor.fail();
  const outputs = output(cursor);
  queryHints(cursor);
  if (!cursor.at(";")) cursor.raise(sqlError(10713));
  return {
    kind: "merge",
    target: { kind: "table", name, alias, hints },
    source,
    on,
    clauses,
    top,
    output: outputs,
    commonTables,
  };
}

/** USING is no reserved word: it is not the target's alias either. */
function aliasOf(cursor: Cursor): string | undefined {
  return cursor.at("USING") ? undefined : identifier(cursor);
}

const names = {
  matched: "WHEN MATCHED",
  notMatchedByTarget: "WHEN NOT MATCHED",
  notMatchedBySource: "WHEN NOT MATCHED BY SOURCE",
} as const;

function clause(cursor: Cursor, earlier: readonly MergeClause[]): MergeClause {
  const first = cursor.peek();
  cursor.expect("WHEN");
  const isMatched = !cursor.accept("NOT");
  cursor.expect("MATCHED");
  const isBySource = !isMatched && cursor.accept("BY", "SOURCE");
  if (!isMatched && !isBySource) cursor.accept("BY", "TARGET");
  const when = isMatched ? "matched" : isBySource ? "notMatchedBySource" : "notMatchedByTarget";
  const test = cursor.accept("AND") ? condition(cursor) : undefined;
  cursor.expect("THEN");
  const parsed = action(cursor);
  const alike = earlier.filter((other) => other.when === when);
  if ((parsed.kind === "insert") !== (when === "notMatchedByTarget"))
    cursor.raise(sqlError(10710, parsed.kind.toUpperCase(), names[when]), first);
  if (alike.some((other) => other.action.kind === parsed.kind))
    cursor.raise(sqlError(10714, parsed.kind.toUpperCase(), names[when]), first);
  if (alike.some((other) => !other.condition)) cursor.raise(sqlError(5324, names[when], names[when]), first);
  return { when, condition: test, action: parsed };
}

function action(cursor: Cursor): MergeAction {
  if (cursor.accept("DELETE")) return { kind: "delete" };
  if (cursor.accept("UPDATE")) {
    cursor.expect("SET");
    return { kind: "update", set: setList(cursor) };
  }
  cursor.expect("INSERT");
  const columns = cursor.at("(") ? parenthesizedList(cursor, () => columnPath(cursor).at(-1) ?? "") : undefined;
  if (cursor.accept("DEFAULT", "VALUES")) return { kind: "insert", columns };
  cursor.expect("VALUES");
  return { kind: "insert", columns, values: parenthesizedList(cursor, () => assignedValue(cursor)) };
}
