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
  const changed = changedInputs(lifecycle, state, inputs);
  // Where the program ignores it, the recorded drift is among the inputs.
  if (state.drift !== undefined && state.drift !== inputs.drift) changed.push("drift");
  const due = (now && lifecycle.due?.(state, inputs, now)) ?? [];
  if (changed.length === 0 && due.length === 0) return { changes: false };
  const isReplaced = (name: string) => table[name]?.onChange === "replace" || isNamed(name, state, inputs);
  const replaces = [...changed.filter(isReplaced), ...due];
  if (replaces.length === 0) return { changes: true };
  return { changes: true, replaces, deleteBeforeReplace: lifecycle.deleteBeforeReplace?.(state, inputs) ?? false };
}

/** Names of the inputs that differ from the state, as far as that matters once the object is there. */
export const changedInputs = (lifecycle: AnyLifecycle, state: Bag, inputs: Bag): string[] =>
  Object.entries(tableOf(lifecycle))
    .filter(([name, property]) => property.onChange !== "nothing" && !isNewArgument(property, state, name))
    .filter(([name, property]) => differs(property, state[name], inputs[name]))
    .map(([name]) => name);

/**
 * Whether the option `replaceOnChanges` names what has changed. The engine heeds it only where a provider lists every
 * change, and the dynamic provider server has no such list: so the resource class hands it on.
 */
function isNamed(name: string, state: Bag, inputs: Bag): boolean {
  const paths = Array.isArray(inputs.__replaceOnChanges) ? inputs.__replaceOnChanges.map(String) : [];
  return paths.some((path) => {
    if (path === "*") return true;
    const [first, ...rest] = path.split(/[.[\]"]+/).filter((step) => step !== "");
    return first === name && !isDeepStrictEqual(valueAt(state[name], rest), valueAt(inputs[name], rest));
  });
}

/** What a path leads to; all that is there from a wildcard on. */
const valueAt = (value: unknown, [step, ...rest]: readonly string[]): unknown =>
  step === undefined || step === "*" || typeof value !== "object" || value === null
    ? value
    : valueAt((value as Bag)[step], rest);

/** The state is older than the argument, which is no difference: it is recorded with the next change of something else. */
const isNewArgument = ({ since = 1 }: Property, state: Bag, name: string): boolean =>
  state[name] === undefined && Number(state.__v ?? 1) < since;

function differs(property: Property, before: unknown, now: unknown): boolean {
  if (hasUnknown(now)) return true;
  if (now === undefined && property.computed) return false;
  if (before === undefined || now === undefined) return before !== now;
  return !(property.same ? property.same(before, now) : isDeepStrictEqual(before, now));
}
