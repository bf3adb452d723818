import type { VisibleError } from "../errors/visible-error";
import type { AzureAccess } from "../managed-instance/client";
import type { Sql } from "../sql-server/connection";
import type { SecretSource } from "../sql-server/credential";
import type { SqlServer } from "../sql-server/server";

/** What one input may be and what changing it does. The table of these drives check and diff of every resource. */
export interface Property<T = unknown> {
  readonly type: "string" | "number" | "boolean" | "object" | "array";
  readonly required?: boolean;
  readonly default?: T;
  /** Left out, the resource chooses it when it is made and keeps its choice: leaving it out changes nothing. */
  readonly computed?: boolean;
  /** "update": in place; "replace": a new object, the old one deleted. */
  readonly onChange: "update" | "replace";
  /** What is wrong with the value, in words that end the sentence "<name> ..."; undefined when nothing is. */
  check?(value: T): string | undefined;
  /** One spelling for equal values, so that they compare equal later. */
  canonical?(value: T): T;
  /** Equal although spelled differently on the server. */
  same?(a: T, b: T): boolean;
  /** State version that brought the argument: a state from before shows no difference for lack of it. */
  readonly since?: number;
  /** Holds a password: neither the value nor the property is printed beside a problem. */
  readonly secret?: boolean;
}

export type PropertyTable<Inputs> = { readonly [Name in keyof Inputs]-?: Property<NonNullable<Inputs[Name]>> };

/** Whatever a lifecycle reaches the world through. */
export interface Context {
  /** Ends at the operation's deadline or when the run is interrupted. */
  readonly signal: AbortSignal;
  /** A line beside the resource while it is worked on; gone afterwards. */
  status(message: string): void;
  /** A warning that stays: under the run's diagnostics, beside the resource where its urn is known. Never for secrets. */
  warn(message: string): void;
  /** A session on the instance. When `instanceId` is given and another instance answers, it is refused. */
  sql(server: SqlServer, instanceId?: string): Promise<Sql>;
  /** A password given as it is or as a reference. `purpose` completes "find the password ...". */
  secret(given: SecretSource, purpose: string): Promise<string>;
  readonly azure: AzureAccess;
}

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
  /** What is there now, or undefined when it is gone. */
  observe(state: State, context: Context): Promise<Observed<State> | undefined>;
  create(inputs: Inputs, context: Context): Promise<Created<State>>;
  update(state: State, inputs: Inputs, context: Context): Promise<State>;
  /** Succeeds when the object is gone already. Never drops what the resource did not make. */
  delete(state: State, context: Context): Promise<void>;
}

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
