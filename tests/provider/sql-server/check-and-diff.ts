import assert from "node:assert/strict";
import { checkInputs } from "#provider/lifecycle/check";
import { type AnyLifecycle, type Bag, type Lifecycle, tableOf } from "#provider/lifecycle/contract";
import { diffInputs } from "#provider/lifecycle/diff";

/** What the engine sends for a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const sqlServer = { host: "10.0.0.4", user: "sa", password: "Kept-secret-1" };

/** Checked inputs, or an assertion error with the problems. */
export function accepted<Inputs extends object, State extends Inputs>(
  lifecycle: Lifecycle<Inputs, State>,
  news: Bag,
): Bag & Inputs {
  const { inputs, failures } = checkInputs(lifecycle, news);
  assert.deepEqual(failures, []);
  return inputs as Bag & Inputs;
}

export function problemsOf(lifecycle: AnyLifecycle, news: Bag): string[] {
  const { failures } = checkInputs(lifecycle, news);
  // The engine prints the value of a property that is named here.
  for (const { property } of failures) assert.equal(property, "");
  return failures.map(({ reason }) => reason);
}

export type Change = "same" | "update" | { readonly replaces: readonly string[] };

export function change(lifecycle: AnyLifecycle, before: Bag, now: Bag): Change {
  const { changes, replaces } = diffInputs(lifecycle, before, now);
  if (changes === false) return "same";
  return replaces ? { replaces } : "update";
}

/** Leaves one property after the other unknown: check finds no problem, and diff the change that the property is for. */
export function unknownEverywhere(lifecycle: AnyLifecycle, news: Bag): void {
  // A state of today: one from before an argument came shows no difference for lack of it.
  const known = { ...accepted(lifecycle, news), __v: Number.MAX_SAFE_INTEGER };
  for (const [name, { onChange }] of Object.entries(tableOf(lifecycle))) {
    const inputs = accepted(lifecycle, { ...news, [name]: unknown });
    assert.equal(inputs[name], unknown, name);
    assert.deepEqual(
      change(lifecycle, known, inputs),
      { replace: { replaces: [name] }, update: "update", nothing: "same" }[onChange],
      name,
    );
  }
}
