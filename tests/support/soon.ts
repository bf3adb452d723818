// Preloaded into what Pulumi starts: Azure is looked at again after milliseconds, as the lab is always up to date. That the
// provider waits for seconds where Azure is not is in tests/engine/stale-answers.test.ts.
import Module from "node:module";

interface Loader {
  _load(request: string, ...more: unknown[]): unknown;
}
const loader = Module as unknown as Loader;
const load = loader._load;

loader._load = function (request, ...more) {
  const module = load.call(this, request, ...more);
  if (request.endsWith("/requests")) {
    const { usualWaits } = module as { readonly usualWaits?: { betweenLooks: readonly number[] } };
    if (usualWaits) usualWaits.betweenLooks = [20, 30];
  }
  return module;
};
