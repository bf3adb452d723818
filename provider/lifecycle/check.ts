import { isDeepStrictEqual } from "node:util";
import { didYouMean } from "../arguments/did-you-mean";
import type { Property } from "../arguments/property";
import { type AnyLifecycle, type Bag, tableOf } from "./contract";
import { hasUnknown, unknownValue } from "./unknown";

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}
export interface Checked {
  readonly inputs: Bag;
  readonly failures: readonly CheckFailure[];
}

/**
 * Pure: fills in defaults, canonical spelling and derived inputs, and finds all problems at once. It checks neither unknown
 * values nor recorded ones: a program that has not changed is not wrong because a certificate in it has expired meanwhile.
 */
export function checkInputs(lifecycle: AnyLifecycle, news: Bag, olds: Bag = {}): Checked {
  const table = tableOf(lifecycle);
  const failures: CheckFailure[] = [];
  const inputs: Bag = {};
  const fail = (name: string, problem: string) =>
    // The engine prints the value of a property that is named here, secrets included: so only the sentence names it.
    failures.push({ property: "", reason: `${name} ${problem}` });

  // The engine puts it back there where the program ignores changes of "drift" or of everything.
  const { drift: ignored, ...given } = news;
  if (ignored !== undefined && ignored === olds.drift) inputs.drift = ignored;
  for (const name of surplus(table, inputs.drift === undefined ? news : given))
    fail(name, `is not an argument of this resource${didYouMean(name, Object.keys(table))}`);
  for (const [name, property] of Object.entries(table)) {
    const value = news[name] ?? property.default;
    if (value !== undefined)
      inputs[name] = hasUnknown(value) ? value : checkValue(name, property, value, olds[name], fail);
  }
  if (failures.length === 0) Object.assign(inputs, derived(lifecycle, inputs));
  for (const name of missing(table, inputs)) fail(name, "is required");
  const problems = failures.length === 0 ? (lifecycle.problems?.(known(inputs)) ?? []) : [];
  return { inputs, failures: [...failures, ...problems.map((reason) => ({ property: "", reason }))] };
}

const surplus = (table: Readonly<Record<string, Property>>, news: Bag): string[] =>
  Object.keys(news).filter((name) => !(name in table) && news[name] !== undefined && !isHidden(name));

const missing = (table: Readonly<Record<string, Property>>, inputs: Bag): string[] =>
  Object.keys(table).filter((name) => table[name]?.required && inputs[name] === undefined);

export const isHidden = (name: string): boolean => name.startsWith("__");

function checkValue(
  name: string,
  property: Property,
  value: unknown,
  recorded: unknown,
  fail: (name: string, problem: string) => void,
): unknown {
  const actual = Array.isArray(value) ? "array" : typeof value;
  if (actual !== property.type) {
    fail(name, `must be ${article(property.type)}, not ${article(actual)}`);
    return value;
  }
  const isRecorded = typeof recorded === actual && (property.same ?? isDeepStrictEqual)(value, recorded);
  const problem = isRecorded ? undefined : property.check?.(value);
  if (problem !== undefined) {
    fail(name, problem);
    return value;
  }
  return property.canonical ? property.canonical(value) : value;
}

const article = (noun: string): string => (/^[aeio]/.test(noun) ? `an ${noun}` : `a ${noun}`);

/** What is derived from an unknown value is unknown too. */
function derived(lifecycle: AnyLifecycle, inputs: Bag): Bag {
  let readsUnknown = false;
  const watched = new Proxy(inputs, {
    get(target, name) {
      const value = Reflect.get(target, name);
      readsUnknown ||= hasUnknown(value);
      return hasUnknown(value) ? undefined : value;
    },
  });
  const values: Bag = { ...lifecycle.derive?.(watched) };
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name, value]) => inputs[name] === undefined && value !== undefined)
      .map(([name, value]) => [name, readsUnknown ? unknownValue : value]),
  );
}

function known(inputs: Bag): Bag {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => !hasUnknown(value)));
}
