import { type CustomResourceOptions, createUrn, CustomResource, type Inputs, type Output, output, secret } from "@pulumi/pulumi";
import type { ResourceType } from "./index";

/** The one base of all resources: names the behaviour to run, and passes on what the dynamic provider server drops. */
export abstract class LinkResource extends CustomResource {
  /** `properties` lists outputs as undefined, so that they exist. */
  protected constructor(type: ResourceType, name: string, properties: Inputs, options: CustomResourceOptions = {}) {
    const token = `pulumi-nodejs:dynamic/mi-link:${type}`;
    super(
      token,
      name,
      {
        ...properties,
        // Short and the same for ever: the code that runs is the installed package's, never one captured into the state.
        __provider: `exports.handler=()=>require("pulumi-mi-link/dynamic").handler("${type}")`,
        // A promise: as an output it would depend on the parent, and so wait for this very resource.
        __urn: new Promise<string>((resolve) => createUrn(name, token, options.parent).apply(resolve)),
        __timeouts: milliseconds(options.customTimeouts),
      },
      options,
    );
  }
}

/** Keeps the password secret although the rest of the settings is not, however the program gave it. */
export function secretPassword<Settings extends { readonly password?: unknown }>(settings: Settings): Settings | Output<Settings> {
  const isPlainObject = Object.getPrototypeOf(settings) === Object.prototype;
  if (!isPlainObject) return secret(output(settings)) as unknown as Output<Settings>;
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
      return [[operation, parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? "s"] ?? 0), 0)]];
    }),
  );
}
