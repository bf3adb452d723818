import { findObject, requirePermission, requireWritable, writtenName } from "../data/access";
import { positionOf } from "../data/store";
import { sqlError } from "../messages";
import type { DefinitionStatement } from "../table-syntax";
import { type Flow, finish, type Run } from "./run";

type Statistics = Extract<DefinitionStatement, { readonly kind: "statistics" }>;

/** Nothing here has a plan, so none are kept: only that the table is there, and may be changed. */
export function statistics(statement: Statistics, run: Run): Flow {
  for (const target of statement.targets) {
    const found = findObject(target.table, run.context);
    if (found?.object.kind !== "table") throw missing(statement, target);
    requirePermission("ALTER", found);
    requireWritable(found.place);
    const { columns } = found.object;
    const unknown = statement.columns.find((name) => positionOf(columns, name) < 0);
    if (unknown !== undefined) throw sqlError(1911, unknown);
  }
  finish(run, {});
  return "next";
}

function missing({ verb }: Statistics, { table, name }: Statistics["targets"][number]) {
  const written = writtenName(table);
  if (verb === "DROP") return sqlError(3701, "drop", "statistics", `${written}.${name}`);
  return sqlError(verb === "UPDATE" ? 2706 : 1088, written);
}
