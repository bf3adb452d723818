import { type FoundObject, findObject, requirePermission, requireWritable, writtenName } from "../data/access";
import { openTransaction } from "../data/session-data";
import type { StoredTable, StoredTrigger, StoredView } from "../data/store";
import { createTable } from "../data/table";
import { type ChangeableTable, type ChangeVerb, changeableTable, missing } from "../data/target";
import { triggersOn } from "../data/triggers";
import { type ChangedQuery, changedQuery, viewQuery } from "../query/changed";
import type { CommonTable, Context } from "../query/scope";
import type { TableSource } from "../syntax";

/** The table behind what INSERT, UPDATE, DELETE or MERGE names: itself, or what a view or a derived table shows of it. */
export function changeable(
  source: TableSource,
  verb: ChangeVerb,
  context: Context,
  commonTables: ReadonlyMap<string, CommonTable> = new Map(),
): ChangeableTable {
  if (source.kind === "derived") {
    const { query, columnNames, alias } = source;
    return through(changedQuery({ query, columnNames, commonTables }, alias, context), alias, verb, context);
  }
  if (source.kind !== "table") throw missing({ name: "" }, undefined, context);
  const { name } = source;
  const common = name.schema === undefined ? commonTables.get(name.name.toLowerCase()) : undefined;
  if (common) return through(changedQuery(common, name.name, context), name.name, verb, context);
  const found = findObject(name, context);
  if (found?.object.kind === "view") return viewTarget(found, found.object, source, verb, context);
  const target = changeableTable(name, verb, context);
  return { ...target, insteadOf: insteadOf(target.found, verb, context) };
}

function through(query: ChangedQuery, written: string, verb: ChangeVerb, context: Context): ChangeableTable {
  return {
    ...changeableTable(query.name, verb, { ...query.context, session: context.session }),
    written,
    through: query,
  };
}

function viewTarget(
  found: FoundObject,
  view: StoredView,
  { name }: Extract<TableSource, { readonly kind: "table" }>,
  verb: ChangeVerb,
  context: Context,
): ChangeableTable {
  requirePermission(verb, found);
  requireWritable(found.place);
  const databaseName = found.place.database?.name ?? "tempdb";
  const trigger = insteadOf(found, verb, context);
  if (!trigger) return through(viewQuery(view, databaseName, context), writtenName(name), verb, context);
  return { table: tableLike(view), found, databaseName, written: writtenName(name), insteadOf: trigger };
}

/** A view's columns as if they were a table's: what INSTEAD OF triggers see of it. */
function tableLike({ id, schema, name, created, modified, columns }: StoredView): StoredTable {
  const stored = columns.map((column, index) => ({ ...column, id: index + 1, nullable: true }));
  const nothing = { nextColumnId: columns.length + 1, keys: [], checks: [], foreignKeys: [] };
  return createTable({ id, schema, name, created, modified, columns: stored, ...nothing });
}

/** Within the trigger's own body the statement changes the table itself. */
function insteadOf({ place }: FoundObject, verb: ChangeVerb, context: Context): StoredTrigger | undefined {
  const triggers = triggersOn(place.store, place.key, verb, openTransaction(context.session));
  return triggers.find(({ isInsteadOf, id }) => isInsteadOf && id !== context.fired?.at(-1));
}
