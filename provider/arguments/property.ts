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
