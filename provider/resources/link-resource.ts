import {
  CustomResource,
  type CustomResourceOptions,
  createUrn,
  getOrganization,
  type Inputs,
  type Output,
  type OutputInstance,
  output,
  runtime,
  secret,
} from "@pulumi/pulumi";
import type { AnyLifecycle, Observed } from "../lifecycle/contract";
import { keepCallStackOut } from "./call-stack";
import { typeOf } from "./resource-token";

export { typeOf };

type OutputName<Resource> = Exclude<keyof Resource, keyof CustomResource>;
type ValueOf<O> = O extends OutputInstance<infer Value> ? Value : never;

/** Every output that a resource class declares, for the compiler to ask for each: without it, it would not exist. */
export type Unset<Resource> = Readonly<Record<OutputName<Resource>, undefined>>;

/** The same by name, in a state. */
type OutputsOf<Resource> = { readonly [Name in OutputName<Resource>]: ValueOf<Resource[Name]> };

/** Without those that may be undefined. */
type Sure<Outputs> = {
  readonly [Name in keyof Outputs as undefined extends Outputs[Name] ? never : Name]: Outputs[Name];
};

/**
 * The behaviour of a resource class: the compiler sees that a look finds every output. Those that may be undefined it cannot
 * tell from forgotten ones; `tests/provider/resources/every-output.test.ts` does.
 */
export type LifecycleOf<Resource> = AnyLifecycle & {
  steps: NonNullable<AnyLifecycle["steps"]>;
  observe(
    ...args: Parameters<AnyLifecycle["observe"]>
  ): Promise<Observed<Sure<OutputsOf<Resource>> & Partial<OutputsOf<Resource>>> | undefined>;
};

/** Short, and never to change: the engine runs the installed package, not code that was captured into the state. */
export const providerOf = (kind: string): string =>
  `exports.handler=()=>require("pulumi-mi-link/dynamic").handler("${kind}")`;

/** The one base of all resources: names the behaviour to run, and passes on what the dynamic provider server drops. */
export abstract class LinkResource extends CustomResource {
  /** `outputs`: what a program can read beyond the arguments that it gave. */
  protected constructor(
    type: string,
    name: string,
    args: object,
    outputs: Readonly<Record<string, undefined>>,
    options: CustomResourceOptions = {},
  ) {
    const token = typeOf(type);
    const restore = keepCallStackOut();
    try {
      super(
        token,
        name,
        {
          ...outputs,
          ...withSecrets(args as Inputs),
          __provider: providerOf(type),
          __urn: urnOf(name, token, options),
          __organization: organization(),
          // In a preview unknown values are normal; elsewhere they tell `diff` that a replacement takes this resource along.
          __preview: runtime.isDryRun() ? true : undefined,
          __timeouts: milliseconds(options.customTimeouts),
          __replaceOnChanges: options.replaceOnChanges,
        },
        options,
      );
    } finally {
      restore();
    }
  }
}

/** Undefined where it is the one that backends without organizations have, or none, as in unit tests of a program. */
function organization(): string | undefined {
  try {
    const name = getOrganization();
    return name === "organization" ? undefined : name;
  } catch {
    return undefined;
  }
}

/** The urn as a promise: an output would depend on the parent, which waits for this very resource. */
function urnOf(name: string, token: string, { parent }: CustomResourceOptions): Promise<string> {
  return new Promise((resolve) => createUrn(name, token, parent).apply(resolve));
}

/** Passwords are kept secret, however the program gave them. */
function withSecrets(args: Inputs): Inputs {
  const { sqlServer, password } = args;
  return {
    ...args,
    ...(sqlServer === undefined ? {} : { sqlServer: secretPassword(sqlServer) }),
    ...(password === undefined ? {} : { password: secret(password) }),
  };
}

/** Marks the password as secret in plain settings; settings that are an output become secret as a whole. */
function secretPassword(settings: Inputs): Inputs | Output<Inputs> {
  if (Object.getPrototypeOf(settings) !== Object.prototype) return secret(output(settings)) as Output<Inputs>;
  return settings.password === undefined ? settings : { ...settings, password: secret(settings.password) };
}

/** Go durations, as customTimeouts has them: "90s", "1h30m". */
function milliseconds(timeouts: CustomResourceOptions["customTimeouts"]): Record<string, number> | undefined {
  if (!timeouts) return undefined;
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  return Object.fromEntries(
    Object.entries(timeouts).flatMap(([operation, text]) => {
      if (typeof text !== "string") return [];
      const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
      if (parts.length === 0) return [];
      return [
        [operation, parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? "s"] ?? 0), 0)],
      ];
    }),
  );
}
