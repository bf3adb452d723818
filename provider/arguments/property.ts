/** What one input may be and what changing it does. The table of these drives check and diff of every resource. */
export interface Property<T = unknown> {
  readonly type: "string" | "number" | "boolean" | "object" | "array";
  readonly required?: boolean;
  readonly default?: T;
  /** Where the program gives no value, the resource chooses one when it is made, and keeps it: no value is no change. */
  readonly computed?: boolean;
  /** "update": in place; "replace": a new object, the old one deleted; "nothing": it counts only when the object is made. */
  readonly onChange: "update" | "replace" | "nothing";
  /** What is wrong with the value, in words that end the sentence "<name> ..."; undefined when nothing is. */
  check?(value: T): string | undefined;
  /** The spelling that is recorded: equal values get the same one. */
  canonical?(value: T): T;
  /** Whether two values mean the same to the server, however they are spelled. Without it they are compared as they are. */
  same?(a: T, b: T): boolean;
  /** The version of states that brought the argument. A state of an older version lacks it, which is no difference. */
  readonly since?: number;
  /** Holds a password: neither the value nor the property is printed beside a problem. */
  readonly secret?: boolean;
}

export type PropertyTable<Inputs> = { readonly [Name in keyof Inputs]-?: Property<NonNullable<Inputs[Name]>> };
