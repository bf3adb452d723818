import type { Property, PropertyTable } from "../arguments/property";
import type { VisibleError } from "../errors/visible-error";
import type { Context } from "./context";
import type { Names, Steps } from "./steps";

/** Values by name, as the engine has them: arguments, or a state. */
export type Bag = Record<string, unknown>;

/**
 * The behaviour of one resource; it knows nothing of Pulumi. Create and update look at what is there, change what differs,
 * and return what a second look finds. `State` is the inputs as found on the servers, and the outputs.
 */
export interface Lifecycle<Inputs extends object, State extends Inputs> {
  readonly properties: PropertyTable<Inputs>;
  /**
   * Outputs that an update leaves as they are, also where it puts `drift` right. In a preview they stay known to the
   * resources that take them as arguments.
   */
  lasting?(state: State & { readonly drift?: string }): readonly unknown[];
  /** Inputs that follow from others, so that a preview knows them. They are unknown where an input that they follow from is. */
  derive?(inputs: Partial<Inputs>): Partial<Inputs>;
  /** Problems between inputs, each a whole sentence. */
  problems?(inputs: Partial<Inputs>): readonly string[];
  /**
   * Pure: why this change must not be made; undefined when it may. Asked in previews, in updates before anything is
   * touched, and when the replacement of another resource would replace this one too.
   */
  refusal?(state: State, inputs: Inputs, change: Change): VisibleError | undefined;
  /**
   * Pure: what the user must know in every run about the object as it was last seen, each a whole sentence. `drift` is what
   * the next `up` puts right anyway.
   */
  warnings?(state: State & { readonly drift?: string }, now: Date): readonly string[];
  /** Pure: the arguments by which the time has come to replace the object, although none has changed. */
  due?(state: State, inputs: Inputs, now: Date): readonly string[];
  /** Whether the old object must go first, as the new one cannot exist beside it. */
  deleteBeforeReplace?(state: State, inputs: Inputs): boolean;
  /**
   * What is there now, or undefined when it is gone. Of a resource that is imported the arguments are all that is known:
   * every output that the class declares is learned here (`LifecycleOf`).
   */
  observe(known: Inputs & Partial<State>, context: Context): Promise<Observed<State> | undefined>;
  /**
   * Of a resource that a program only looks up (`get`): the required arguments that it does not give, as what is there under
   * its name has them. Undefined where nothing is there.
   */
  learn?(known: Partial<Inputs>, context: Context): Promise<Partial<Inputs> | undefined>;
  create(inputs: Inputs, context: Context): Promise<Created<State>>;
  /** Pure: what create sends where nothing is there yet, made by the functions that create uses: for `mi-link script`. */
  steps?(inputs: Inputs, names: Names): Steps;
  update(state: State, inputs: Inputs, context: Context): Promise<State>;
  /** Succeeds when the object is gone already. Never drops what the resource did not make. */
  delete(state: State, context: Context): Promise<void>;
}

/** The lifecycle of any resource, for what works with all of them. */
export type AnyLifecycle = Lifecycle<object, object>;

export const tableOf = ({ properties }: AnyLifecycle): Readonly<Record<string, Property>> =>
  properties as Readonly<Record<string, Property>>;

export interface Change {
  /** Names of the changed inputs that replace the object. */
  readonly replaces: readonly string[];
  /** A resource that this one depends on is replaced: the engine asks with recorded inputs, and unknown values where they would change. */
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
