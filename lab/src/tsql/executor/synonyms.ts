import { newObjectId, type StoredSynonym } from "../data/store";
import { changeObject } from "../data/transaction";
import type { DefinitionStatement } from "../table-syntax";
import { changing } from "./changing";
import { newPlace } from "./define";
import { type Flow, finish, type Run } from "./run";

/** What it stands for is looked for when it is used. */
export function createSynonym(
  { name, base }: Extract<DefinitionStatement, { readonly kind: "createSynonym" }>,
  run: Run,
): Flow {
  changing(run, (transaction) => {
    const place = newPlace(name, run.context, "CREATE SYNONYM");
    const now = run.session.host.now();
    const id = place.store ? newObjectId(place.store) : 0;
    const { schema } = place;
    const object: StoredSynonym = { kind: "synonym", id, schema, name: name.name, created: now, modified: now, base };
    changeObject(transaction, place, object);
  });
  finish(run, {});
  return "next";
}
