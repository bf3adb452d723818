import type { SqlServer } from "../arguments/sql-server-settings";
import type { ResourceType } from "../dynamic/index";

/** A program as data: it is run to find out what it registers, and printed, so that the two cannot differ. */
export interface Program {
  /** In the order in which they stand in the program; each is known to those after it by its variable. */
  readonly constants: Readonly<Record<"sqlServer" | "managedInstanceId", SqlServer | string>>;
  readonly declarations: readonly Declaration[];
}

/** `const <variable> = new <kind>("<name>", <args>, { dependsOn })`. */
export interface Declaration {
  readonly variable: string;
  readonly kind: Kind;
  readonly name: string;
  readonly args: Readonly<Record<string, Argument>>;
  /** Paths, as `ref` takes them. */
  readonly dependsOn?: readonly string[];
  /** What the line above it says. */
  readonly comment?: string;
}

export type Kind = ResourceType | "InstancePairing" | "ManagedInstanceLink";

/** Undefined arguments are left out. */
export type Argument = string | number | boolean | Reference | undefined;

/** Something above: a constant, a resource, or what hangs on it, as `pairing.trustCertificate.managedInstanceId`. */
export class Reference {
  constructor(readonly path: readonly [variable: string, ...properties: string[]]) {}
}

/** `ref("certificate.publicKey")` */
export function ref(path: string): Reference {
  const [variable = "", ...properties] = path.split(".");
  return new Reference([variable, ...properties]);
}
