import { isDeepStrictEqual } from "node:util";

/** What a preview has found out about recorded outputs; all resources of the run share it. */
export interface LastingOutputs {
  /** Notes the lasting outputs of a resource: whether they stay, or go with the old object. */
  note(outputs: readonly unknown[], stay: boolean): void;
  /** Whether a recorded value stays; undefined where it is not the output of a resource that changes. */
  stays(recorded: unknown, same?: (a: never, b: never) => boolean): boolean | undefined;
}

/**
 * Keeps previews from showing changes that will not happen. In the preview of an update the engine takes every output of
 * the resource for unknown, so whatever depends on one seems to change, or to be replaced. (The answer `stables` of diff
 * is no help: the dynamic provider server drops it.) Dependents come after what they depend on, so this process can tell:
 * an unknown argument keeps its recorded value where that is an output that the update leaves alone.
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
