import { type FoundObject, findObject, requireWritable, writtenName } from "../data/access";
import { openTransaction } from "../data/session-data";
import { newObjectId, objectKey, type StoredFunction, type StoredObject, type StoredTrigger } from "../data/store";
import { changeObject, type Transaction } from "../data/transaction";
import { allTriggersOn } from "../data/triggers";
import { sqlError } from "../messages";
import { bindQuery } from "../query/query";
import type { Context } from "../query/scope";
import type { DefinitionStatement } from "../table-syntax";
import type { Column } from "../types";
import { sameName } from "../values/collation";
import { changing } from "./changing";
import { newDefinition, newPlace } from "./define";
import { checkBody } from "./function-body";
import { type Flow, finish, type Run, resolving } from "./run";

type Of<K extends DefinitionStatement["kind"]> = Extract<DefinitionStatement, { readonly kind: K }>;
type Module = Of<"createView"> | Of<"createProcedure"> | Of<"createFunction"> | Of<"createTrigger">;
type Common = Pick<StoredTrigger, "id" | "schema" | "name" | "created" | "modified" | "text">;

const kinds = {
  createView: "view",
  createProcedure: "procedure",
  createFunction: "function",
  createTrigger: "trigger",
} as const;

export function createModule(statement: Module, run: Run): Flow {
  changing(run, (transaction) => make(statement, transaction, run));
  finish(run, {});
  return "next";
}

function make(statement: Module, transaction: Transaction, run: Run): void {
  const { text, verb } = statement;
  const kind = kinds[statement.kind];
  const parent = statement.kind === "createTrigger" ? parentOf(statement, run) : undefined;
  const name = parent ? { ...statement.name, schema: parent.object.schema } : statement.name;
  const existing = findObject(name, run.context);
  const isReplaced = existing?.object.kind === kind && verb !== "CREATE";
  // 2010: something else has the name.
  if (existing && !isReplaced && verb !== "CREATE" && existing.object.kind !== kind)
    throw sqlError(2010, writtenName(name));
  if (verb === "ALTER" && !isReplaced) throw sqlError(208, writtenName(name));
  const place = isReplaced
    ? { ...existing.place, schema: existing.object.schema }
    : newPlace(name, run.context, `CREATE ${kind.toUpperCase()}`);
  requireWritable(place);
  const now = run.session.host.now();
  const common: Common = {
    id: isReplaced ? existing.object.id : place.store ? newObjectId(place.store) : 0,
    schema: place.schema,
    name: name.name,
    created: isReplaced ? existing.object.created : now,
    modified: now,
    text,
  };
  const object = objectOf(statement, common, parent, run);
  changeObject(transaction, { ...place, key: objectKey(place.schema, name.name) }, object);
}

function objectOf(statement: Module, common: Common, parent: FoundObject | undefined, run: Run): StoredObject {
  switch (statement.kind) {
    case "createView":
      return { ...common, kind: "view", ...viewBody(statement, run) };
    case "createProcedure":
      return { ...common, kind: "procedure", parameters: statement.parameters, body: statement.body };
    case "createFunction":
      return functionOf(statement, common, run);
    case "createTrigger":
      return triggerOf(statement, common, parent, run);
  }
}

/** 4511: every column has a name; 8158 and 8159: as many names as columns. */
function viewBody({ query, columns: names, name, isChecked }: Of<"createView">, run: Run) {
  const bound = resolving(() => bindQuery(query, run.context, undefined));
  if (names.length > 0 && names.length !== bound.columns.length)
    throw sqlError(names.length > bound.columns.length ? 8159 : 8158, name.name);
  const columns = bound.columns.map((column, at) => ({ ...column, name: names[at] ?? column.name }));
  const unnamed = columns.findIndex((column) => column.name === "");
  if (unnamed >= 0) throw sqlError(4511, unnamed + 1);
  return { query, columnNames: names, columns, isChecked };
}

function functionOf(statement: Of<"createFunction">, common: Common, run: Run): StoredFunction {
  const { parameters, returnsNullOnNull, body } = statement;
  const returns = returnsOf(statement, run);
  const object: StoredFunction = { ...common, kind: "function", parameters, returns, returnsNullOnNull, body };
  if (body !== undefined) checkBody(object);
  return object;
}

function returnsOf(statement: Of<"createFunction">, run: Run): StoredFunction["returns"] {
  const { returns, parameters } = statement;
  switch (returns.kind) {
    case "scalar":
      return returns;
    case "table": {
      const place = { store: undefined, key: "", objects: new Map<string, StoredObject>(), schema: "dbo" };
      const definition = newDefinition(returns.variable, returns.table, place, run.context);
      return { ...returns, columns: definition.columns };
    }
    case "inline": {
      const variables = new Map(parameters.map(({ name, type }) => [name, { type, value: null }]));
      const inside: Context = { ...run.context, variables };
      const { columns } = resolving(() => bindQuery(returns.query, inside, undefined));
      const unnamed = columns.findIndex((column) => column.name === "");
      if (unnamed >= 0) throw sqlError(4514, unnamed + 1);
      return { ...returns, columns: columns.map(({ name, type, nullable }): Column => ({ name, type, nullable })) };
    }
  }
}

/** Throws 8197, 2103. */
function parentOf({ table, name, isInsteadOf }: Of<"createTrigger">, run: Run): FoundObject {
  const found = findObject({ ...table, schema: table.schema ?? name.schema }, run.context);
  const isFit = found?.object.kind === "table" || (found?.object.kind === "view" && isInsteadOf);
  if (!found?.place.store || !isFit) throw sqlError(8197, writtenName(table));
  if (name.schema !== undefined && !sameName(name.schema, found.object.schema)) throw sqlError(2103, writtenName(name));
  return found;
}

/** 2111: one INSTEAD OF for each kind of change. */
function triggerOf(
  { isInsteadOf, events, body }: Of<"createTrigger">,
  common: Common,
  parent: FoundObject | undefined,
  run: Run,
): StoredTrigger {
  const { store, key } = parent?.place ?? { key: "" };
  const others = store ? allTriggersOn(store, key, openTransaction(run.session)) : [];
  for (const event of isInsteadOf ? events : [])
    if (others.some((other) => other.isInsteadOf && other.id !== common.id && other.events.includes(event)))
      throw sqlError(2111, common.name, parent?.object.kind ?? "table", parent?.object.name ?? "", event);
  const parentId = parent?.object.id ?? 0;
  return { ...common, kind: "trigger", body, parent: key, parentId, isInsteadOf, events, isDisabled: false };
}

export function enableTriggers({ names, table, isEnabled }: Of<"enableTriggers">, run: Run): Flow {
  changing(run, (transaction) => {
    const parent = findObject(table, run.context);
    if (!parent?.place.store) throw sqlError(1088, writtenName(table));
    requireWritable(parent.place);
    const { store, key, objects } = parent.place;
    const own = store ? allTriggersOn(store, key, transaction) : [];
    const wanted = names?.map((name) => {
      const found = own.find((trigger) => sameName(trigger.name, name.name));
      if (!found) throw sqlError(15151, isEnabled ? "enable" : "disable", "trigger", name.name);
      return found;
    });
    for (const trigger of wanted ?? own) {
      const place = { store, objects, key: objectKey(trigger.schema, trigger.name) };
      changeObject(transaction, place, { ...trigger, isDisabled: !isEnabled });
    }
  });
  finish(run, {});
  return "next";
}
