import type { Property, PropertyTable } from "../arguments/property";
import type { VisibleError } from "../errors/visible-error";
import type { Context } from "./context";

/** Values by name, as the engine has them: arguments, or a state. */
export type Bag = Record<string, unknown>;

/**
 * The behaviour of one resource, free of Pulumi. Bodies observe, ensure, and return what was observed afterwards.
 * `State` is the inputs as found on the servers, and the outputs.
 */
export interface Lifecycle<Inputs extends object, State extends Inputs> {
  readonly properties: PropertyTable<Inputs>;
  /** Outputs that an update leaves as they are: what takes one of them as an argument knows it in a preview. */
  lasting?(state: State): readonly unknown[];
  /** Inputs that follow from others, so that they are known in previews: unknown where one that it reads is. */
  derive?(inputs: Partial<Inputs>): Partial<Inputs>;
  /** Problems between inputs, each a whole sentence. */
  problems?(inputs: Partial<Inputs>): readonly string[];
  /**
   * Pure: why this change must not be made, whatever it takes along; undefined when it may. Asked in previews and before
   * anything is touched in updates, also for what a replacement of something else would take along.
   */
  refusal?(state: State, inputs: Inputs, change: Change): VisibleError | undefined;
  /**
   * Pure: what the user must know about the object as it was last seen, each a whole sentence; shown in every run. Drift
   * is what the next `up` puts right.
   */
  warnings?(state: State & { readonly drift?: string }, now: Date): readonly string[];
  /** The new object cannot exist beside the old one; it may depend on what there is. */
  deleteBeforeReplace?(state: State, inputs: Inputs): boolean;
  /**
   * What is there now, or undefined when it is gone. Of a resource that is imported the arguments are all that is known:
   * every output that the class declares is learned here (`LifecycleOf`).
   */
  observe(known: Inputs & Partial<State>, context: Context): Promise<Observed<State> | undefined>;
  create(inputs: Inputs, context: Context): Promise<Created<State>>;
  update(state: State, inputs: Inputs, context: Context): Promise<State>;
  /** Succeeds when the object is gone already. Never drops what the resource did not make. */
  delete(state: State, context: Context): Promise<void>;
}

/** Of whatever resource. */
export type AnyLifecycle = Lifecycle<object, object>;

export const tableOf = ({ properties }: AnyLifecycle): Readonly<Record<string, Property>> =>
  properties as Readonly<Record<string, Property>>;

export interface Change {
  /** Names of the changed inputs that replace the object. */
  readonly replaces: readonly string[];
  /** What it depends on is replaced: the engine asks with the recorded inputs, and unknown values where they would change. */
  readonly isCascade: boolean;
}

export interface Created<State> {
  readonly id: string;
  readonly state: State;
}

/** `drift`: what is wrong, in words, where no input shows it; the next `up` updates the resource. */
export interface Observed<State> {
  readonly state: State;
  readonly drift?: string;
}
