import { isDeepStrictEqual } from "node:util";
import type { Property } from "../arguments/property";
import { type AnyLifecycle, type Bag, tableOf } from "./contract";
import { hasUnknown } from "./unknown";

export interface Difference {
  readonly changes: boolean;
  readonly replaces?: string[];
  readonly deleteBeforeReplace?: boolean;
}

/**
 * Pure: same, update or replace. An unknown value counts as changed, in real updates too: the engine asks with unknown
 * values to find out which other resources a replacement takes along. `now`: where the program is compared, and not what a
 * refresh has found.
 */
export function diffInputs(lifecycle: AnyLifecycle, state: Bag, inputs: Bag, now?: Date): Difference {
  const table = tableOf(lifecycle);
  const changed = Object.entries(table)
    .filter(([name, property]) => property.onChange !== "nothing" && !isNewArgument(property, state, name))
    .filter(([name, property]) => differs(property, state[name], inputs[name]))
    .map(([name]) => name);
  const due = (now && lifecycle.due?.(state, inputs, now)) ?? [];
  if (changed.length === 0 && due.length === 0 && state.drift === undefined) return { changes: false };
  const replaces = [...changed.filter((name) => table[name]?.onChange === "replace"), ...due];
  if (replaces.length === 0) return { changes: true };
  return { changes: true, replaces, deleteBeforeReplace: lifecycle.deleteBeforeReplace?.(state, inputs) ?? false };
}

/** The state is older than the argument, which is no difference: it is recorded with the next change of something else. */
const isNewArgument = ({ since = 1 }: Property, state: Bag, name: string): boolean =>
  state[name] === undefined && Number(state.__v ?? 1) < since;

function differs(property: Property, before: unknown, now: unknown): boolean {
  if (hasUnknown(now)) return true;
  if (now === undefined && property.computed) return false;
  if (before === undefined || now === undefined) return before !== now;
  return !(property.same ? property.same(before, now) : isDeepStrictEqual(before, now));
}
