import type { ObjectName } from "../host";
import type { Context } from "../query/scope";
import { type ObjectPlace, placeOf } from "./access";
import { requireUnlocked } from "./locks";
import { openTransaction } from "./session-data";
import type { StoredTableType } from "./store";

/** Types have names of their own, beside those of tables and the like. */
export const typeKey = (key: string): string => `${key}\0type`;

export interface FoundType {
  readonly object: StoredTableType;
  readonly place: ObjectPlace;
}

export function findType(name: ObjectName, context: Context): FoundType | undefined {
  const found = placeOf(name, context);
  if (!found?.store) return undefined;
  const place = { ...found, key: typeKey(found.key) };
  requireUnlocked(place, "Sch-S", openTransaction(context.session));
  const object = place.objects.get(place.key);
  return object?.kind === "type" ? { object, place } : undefined;
}
