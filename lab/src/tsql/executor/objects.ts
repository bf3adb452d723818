import { type FoundObject, findObject, placeOf, requireWritable, writtenName } from "../data/access";
import { schemasOf } from "../data/schemas";
import { sessionData } from "../data/session-data";
import { isTable, schemaKey, tablesOf } from "../data/store";
import { createTable } from "../data/table";
import { changeObject } from "../data/transaction";
import { sqlError } from "../messages";
import type { StoredObject, Transaction } from "../stored";
import type { ObjectName } from "../syntax/object-name";
import type { DefinitionStatement } from "../syntax/table-change";
import { sameName } from "../values/collation";
import { alterable, requireAlterable } from "./alter-table";
import { changing } from "./changing";
import { type Flow, finish, type Run } from "./run";

type Of<K extends DefinitionStatement["kind"]> = Extract<DefinitionStatement, { readonly kind: K }>;

export function dropObjects({ type, names, ifExists }: Of<"dropObject">, run: Run): Flow {
  changing(run, (transaction) => {
    for (const name of names) {
      if (type === "SCHEMA") dropSchema(name, ifExists, transaction, run);
      else dropTable(name, ifExists, transaction, run);
    }
  });
  finish(run, {});
  return "next";
}

function dropTable(name: ObjectName, ifExists: boolean, transaction: Transaction, run: Run): void {
  const found = findObject(name, run.context);
  if (found?.object.kind !== "table") {
    if (ifExists) return;
    throw sqlError(3701, "drop", "table", writtenName(name));
  }
  requireAlterable(found, transaction);
  const { store } = found.place;
  // 3726: foreign keys of other tables refer to it.
  if (store && tablesOf(store).some((child) => refersTo(child, found))) throw sqlError(3726, writtenName(name));
  changeObject(transaction, found.place, undefined);
}

function dropSchema({ name }: ObjectName, ifExists: boolean, transaction: Transaction, run: Run): void {
  const { place, schema } = schemaPlace(name, run);
  if (!schema) {
    if (ifExists) return;
    throw sqlError(15151, "drop", "schema", name);
  }
  requireWritable(place);
  const inside = [...place.objects.values()].find((object) => isTable(object) && sameName(object.schema, name));
  if (inside) throw sqlError(3729, "drop schema", name, inside.name);
  changeObject(transaction, place, undefined);
}

function schemaPlace(name: string, run: Run) {
  const place = placeOf({ name }, run.context);
  if (!place?.store) throw sqlError(262, "CREATE SCHEMA", run.session.database);
  const key = schemaKey(name);
  return { place: { ...place, key }, schema: place.objects.get(key) };
}

export function createSchema({ name }: Of<"createSchema">, run: Run): Flow {
  changing(run, (transaction) => {
    const { place } = schemaPlace(name, run);
    if (!place.database?.isOwner) throw sqlError(262, "CREATE SCHEMA", run.session.database);
    requireWritable(place);
    const schemas = schemasOf(place.objects.values());
    if (schemas.some((other) => sameName(other.name, name))) throw sqlError(2714, name);
    const now = run.session.host.now();
    const id = Math.max(...schemas.map((other) => other.id)) + 1;
    changeObject(transaction, place, { kind: "schema", id, schema: name, name, created: now, modified: now });
  });
  finish(run, {});
  return "next";
}

export function truncate({ table }: { readonly table: ObjectName }, run: Run): Flow {
  changing(run, (transaction) => {
    const found = alterable(table, transaction, run, 4701);
    const { object, place } = found;
    if (place.store && tablesOf(place.store).some((child) => refersTo(child, found)))
      throw sqlError(4712, writtenName(table));
    const empty = createTable(object.definition);
    empty.nextRow = object.nextRow;
    changeObject(transaction, place, empty);
  });
  finish(run, {});
  return "next";
}

function refersTo(child: Extract<StoredObject, { kind: "table" }>, { object, place }: FoundObject): boolean {
  return child.id !== object.id && child.definition.foreignKeys.some(({ references }) => references === place.key);
}

/** SET IDENTITY_INSERT: for one table of a session at a time. */
export function setIdentityInsert({ table, isOn }: Of<"setIdentityInsert">, run: Run): Flow {
  const data = sessionData(run.session);
  const found = findObject(table, run.context)?.object;
  if (found?.kind !== "table") throw sqlError(1088, writtenName(table));
  if (!found.columns.some(({ identity }) => identity)) throw sqlError(8106, writtenName(table));
  if (isOn && data.identityInsert && data.identityInsert.id !== found.id)
    throw sqlError(8107, data.identityInsert.name, writtenName(table));
  if (isOn) data.identityInsert = { id: found.id, name: writtenName(table) };
  else if (data.identityInsert?.id === found.id) data.identityInsert = undefined;
  finish(run, {});
  return "next";
}
