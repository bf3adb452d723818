import { writtenName } from "../data/access";
import { newObjectId, type StoredTableType } from "../data/store";
import { createTable } from "../data/table";
import { findType, typeKey } from "../data/table-types";
import { changeObject } from "../data/transaction";
import { sqlError } from "../messages";
import type { DefinitionStatement } from "../table-syntax";
import { changing } from "./changing";
import { requireBindable } from "./create-table";
import { newDefinition, newPlace } from "./define";
import { type Flow, finish, type Run } from "./run";

/** CREATE TYPE ... AS TABLE. Throws 219 where the name is taken. */
export function createTableType(
  { name, body }: Extract<DefinitionStatement, { readonly kind: "createTableType" }>,
  run: Run,
): Flow {
  changing(run, (transaction) => {
    if (findType(name, run.context)) throw sqlError(219, writtenName({ schema: "dbo", ...name }));
    const place = newPlace({ ...name, name: typeKey(name.name) }, run.context, "CREATE TYPE");
    const alone = { store: undefined, key: "", objects: new Map(), schema: place.schema };
    const definition = newDefinition(name.name, body, alone, run.context);
    requireBindable(createTable(definition), run);
    const id = place.store ? newObjectId(place.store) : 0;
    const { created, modified, schema } = definition;
    const object: StoredTableType = { kind: "type", id, schema, name: name.name, created, modified, definition };
    changeObject(transaction, place, object);
  });
  finish(run, {});
  return "next";
}
