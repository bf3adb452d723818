import type { Session } from "../host";
import type { Store } from "./store";

/** ##tables go with the session that made them. */
const owned = new WeakMap<Session, { readonly store: Store; readonly key: string }[]>();

export function noteOwner(session: Session, store: Store, key: string): void {
  const own = owned.get(session) ?? [];
  own.push({ store, key });
  owned.set(session, own);
}

export function dropOwned(session: Session): void {
  for (const { store, key } of owned.get(session) ?? []) store.objects.delete(key);
  owned.delete(session);
}
