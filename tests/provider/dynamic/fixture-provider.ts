import { setTimeout as delay } from "node:timers/promises";
import { dynamicProvider } from "#provider/dynamic/handler";
import { VisibleError } from "#provider/errors/visible-error";
import type { Context } from "#provider/lifecycle/context";
import type { Lifecycle } from "#provider/lifecycle/contract";
import { recorded } from "#provider/lifecycle/recorded";

interface Inputs {
  readonly name: string;
  readonly size: number;
  readonly password?: string;
  readonly shade?: string;
  readonly finish?: string;
  readonly grain?: string;
}
interface State extends Inputs {
  readonly label?: string;
  readonly region?: string;
}

/** A resource whose behaviour follows from its name, for tests of what lies between a lifecycle and the engine. */
const lifecycle: Lifecycle<Inputs, State> = {
  properties: {
    name: { type: "string", required: true, onChange: "replace" },
    size: {
      type: "number",
      default: 1,
      onChange: "update",
      check: (size) => (size > 0 ? undefined : "must be over 0"),
    },
    password: {
      type: "string",
      onChange: "update",
      secret: true,
      check: (p) => (p.length > 3 ? undefined : "is too short"),
    },
    finish: { type: "string", onChange: "update", since: 2 },
    grain: { type: "string", computed: true, onChange: "update" },
    shade: { type: "string", onChange: "update", canonical: (shade) => shade.toLowerCase() },
  },
  derive: ({ name }) => (name === undefined ? {} : { shade: `shade of ${name}` }),
  problems: ({ name, size }) => (name === "tiny" && (size ?? 0) > 5 ? ["a tiny one has a size of at most 5"] : []),
  refusal({ name }, _inputs, { replaces, isCascade }) {
    if (!name.startsWith("dear") || replaces.length === 0) return undefined;
    return new VisibleError({ doing: `change ${name}`, cause: isCascade ? "it would go along" : "it is dear" });
  },
  warnings: ({ label, name }) => (label === "worn" || name === "tender" ? ["it is worn"] : []),
  lasting: ({ label, drift }) => (drift === undefined ? [label] : []),
  async observe(state) {
    if (state.name === "gone") return undefined;
    const grain = state.name === "sanded" ? "rough" : state.grain;
    return {
      state: { ...state, size: 7, grain },
      drift: state.name === "drifted" ? "it leans to the left" : undefined,
    };
  },
  async create(inputs, context) {
    if (inputs.name === "slow") await delay(30_000, undefined, { signal: context.signal });
    if (inputs.name.startsWith("busy")) context.status("half way");
    if (inputs.name === "busy and worried") context.warn("it creaks");
    if (inputs.name === "busy in vain") throw new VisibleError({ doing: "finish it" });
    if (inputs.name === "leaky") throw new Error(`near '${inputs.password}'`);
    if (inputs.name === "foreign") throw Object.assign(new Error("it has an id"), { id: "not ours" });
    if (inputs.name === "half") {
      const make = async () => {};
      return await recorded(
        "half-id",
        inputs,
        make,
        async () => {
          throw new VisibleError({
            doing: "finish it",
            cause: `the password ${inputs.password} was refused`,
            remedy: "try again",
          });
        },
        context,
      );
    }
    return { id: `id-${inputs.name}`, state: { ...inputs, label: undefined, region: region(context) } };
  },
  async update(_state, inputs) {
    return { ...inputs, label: "updated" };
  },
  async delete(state) {
    if (state.name === "stuck")
      throw new VisibleError({ doing: `delete ${state.name}`, cause: "it is stuck", remedy: "pull" });
  },
};

const region = (context: Context): string | undefined => (context as unknown as { region?: string }).region;

/** What a `__provider` of the tests requires. */
export const handler = () => {
  const interruption = new AbortController();
  return dynamicProvider(
    "Fixture",
    lifecycle,
    ({ signal, status, warn, config }) =>
      ({ signal, status, warn, region: config("azure-native:location") }) as unknown as Context,
    interruption.signal,
  );
};
