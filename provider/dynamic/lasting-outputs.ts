import { isDeepStrictEqual } from "node:util";

/** What a preview has found about recorded outputs, resource by resource; one for all of the run. */
export interface LastingOutputs {
  /** Of a resource that the preview has come to: whether its lasting outputs stay, or go with the old object. */
  note(outputs: readonly unknown[], stay: boolean): void;
  /** What becomes of a recorded value; undefined where it is not the output of a resource that changes. */
  stays(recorded: unknown, same?: (a: never, b: never) => boolean): boolean | undefined;
}

/**
 * In the preview of an update the engine knows what was given to a resource and takes all its other outputs for unknown,
 * so that whatever depends on one seems to change, or to be replaced. (The engine no longer reads the `stables` of a
 * diff, which the dynamic provider server drops anyway.) As dependents come after what they depend on, the process of the
 * provider can tell: an unknown argument whose recorded value is an output that an update leaves alone is that value.
 */
export function lastingOutputs(): LastingOutputs {
  const staying: unknown[] = [];
  const going: unknown[] = [];
  return {
    note(outputs, stay) {
      (stay ? staying : going).push(...outputs.filter((output) => typeof output === "string"));
    },
    stays(recorded, same = isDeepStrictEqual) {
      if (typeof recorded !== "string") return undefined;
      const isOneOf = (outputs: readonly unknown[]) =>
        outputs.some((output) => (same as (a: unknown, b: unknown) => boolean)(recorded, output));
      if (isOneOf(going)) return false;
      return isOneOf(staying) ? true : undefined;
    },
  };
}
