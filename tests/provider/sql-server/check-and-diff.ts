import assert from "node:assert/strict";
import { checkInputs } from "#provider/lifecycle/check";
import type { Lifecycle } from "#provider/lifecycle/contract";
import { diffInputs } from "#provider/lifecycle/diff";

export type Bag = Record<string, unknown>;

/** What the engine sends for a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const sqlServer = { host: "10.0.0.4", user: "sa", password: "Kept-secret-1" };

const plain = (lifecycle: unknown) => lifecycle as Lifecycle<object, object>;

/** Checked inputs, or an assertion error with the problems. */
export function accepted(lifecycle: unknown, news: Bag): Bag {
  const { inputs, failures } = checkInputs(plain(lifecycle), news);
  assert.deepEqual(failures, []);
  return inputs;
}

export function problemsOf(lifecycle: unknown, news: Bag): string[] {
  const { failures } = checkInputs(plain(lifecycle), news);
  // The engine prints the value of a property that is named here.
  for (const { property } of failures) assert.equal(property, "");
  return failures.map(({ reason }) => reason);
}

export type Change = "same" | "update" | { readonly replaces: readonly string[] };

export function change(lifecycle: unknown, before: Bag, now: Bag): Change {
  const { changes, replaces } = diffInputs(plain(lifecycle), before, now);
  if (changes === false) return "same";
  return replaces ? { replaces } : "update";
}

/** Whatever property is not known yet: no problem, and a change of the kind that the property is for. */
export function unknownEverywhere(lifecycle: unknown, news: Bag): void {
  // A state of today: one from before an argument came shows no difference for lack of it.
  const known = { ...accepted(lifecycle, news), __v: Number.MAX_SAFE_INTEGER };
  for (const [name, { onChange }] of Object.entries(
    plain(lifecycle).properties as Record<string, { onChange: "update" | "replace" }>,
  )) {
    const inputs = accepted(lifecycle, { ...news, [name]: unknown });
    assert.equal(inputs[name], unknown, name);
    assert.deepEqual(
      change(lifecycle, { ...known, __v: 2 }, inputs),
      onChange === "replace" ? { replaces: [name] } : "update",
      name,
    );
  }
}
