import { outputs } from "../../dynamic/handler";
import { type ResourceType, resources } from "../../dynamic/index";
import type { Context } from "../../lifecycle/context";
import type { Bag } from "../../lifecycle/contract";
import { changedInputs } from "../../lifecycle/diff";
import type { Program } from "../declarations";
import { type Answered, type Registered, runProgram } from "../run-program";

/** What is there of a resource of the program; `outputs`: as a state has it, undefined where nothing is. */
export interface Looked extends Answered {
  readonly kind: ResourceType;
  /** Names of inputs for which the program asks for something else than is there. */
  readonly differs: readonly string[];
  /** What is wrong with it, in words, beyond its inputs. */
  readonly drift?: string;
}

/** Names the object where the program does not: by them a look finds what has another name than the program would give it. */
export type KnownAs = Readonly<Partial<Record<ResourceType, Bag>>>;

/** Looks, for every resource of the program, at what is there, with the behaviour that the engine runs. */
export async function observe(
  program: Program,
  knownAs: KnownAs,
  own: (kind: ResourceType, state: Bag) => Bag,
  context: Context,
): Promise<readonly Registered<Looked>[]> {
  return await runProgram(program, async (kind, { inputs }): Promise<Looked> => {
    const lifecycle = resources[kind].lifecycle();
    const observed = await lifecycle.observe({ ...inputs, ...knownAs[kind] }, context);
    if (!observed) return { kind, differs: [] };
    const state: Bag = { ...observed.state, drift: observed.drift };
    const found = outputs(inputs, { ...state, ...own(kind, state) });
    return { kind, outputs: found, differs: changedInputs(lifecycle, found, inputs), drift: observed.drift };
  });
}
