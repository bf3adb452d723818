import { all, type Resource, runtime } from "@pulumi/pulumi";
import { InstancePairing } from "../../components/instance-pairing";
import { ManagedInstanceLink } from "../../components/managed-instance-link";
import { outputs } from "../../dynamic/handler";
import { type ResourceType, resources } from "../../dynamic/index";
import { checkInputs, isHidden } from "../../lifecycle/check";
import type { Context } from "../../lifecycle/context";
import type { Bag } from "../../lifecycle/contract";
import { changedInputs } from "../../lifecycle/diff";
import { typeOf } from "../../resources/link-resource";
import { type Argument, type Program, Reference, ref } from "./declarations";

/** What the program registers, as the engine would see it, and what is there of it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  /** Name of the component that it is a part of. */
  readonly parent?: string;
  /** As check leaves them. */
  readonly inputs: Bag;
  /** Of a resource, not of a component. */
  readonly found?: Looked;
}

export interface Looked {
  readonly kind: ResourceType;
  /** What is there, as a state has it; undefined where nothing is. */
  readonly state?: Bag;
  /** Names of inputs for which the program asks for something else than is there. */
  readonly differs: readonly string[];
  /** What is wrong with it, in words, beyond its inputs. */
  readonly drift?: string;
}

/** Names the object where the program does not: by them a look finds what has another name than the program would give it. */
export type KnownAs = Readonly<Partial<Record<ResourceType, Bag>>>;

/**
 * Runs a program against a monitor that makes nothing: for every resource it looks at what is there, with the behaviour
 * that the engine runs, and passes that on as the resource's outputs. So the components themselves say what they are made of.
 */
export async function observe(
  program: Program,
  knownAs: KnownAs,
  own: (kind: ResourceType, state: Bag) => Bag,
  context: Context,
): Promise<readonly Registered[]> {
  const registered = new Map<string, Registered>();
  const parents = new Map<string, string>();
  const made: Resource[] = [];
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });

  const lookAt = async (kind: ResourceType, given: Bag): Promise<Pick<Registered, "inputs" | "found">> => {
    const lifecycle = resources[kind].lifecycle();
    const { inputs } = checkInputs(lifecycle, visible(given));
    const observed = await lifecycle.observe({ ...inputs, ...knownAs[kind] }, context);
    if (!observed) return { inputs, found: { kind, differs: [] } };
    const state: Bag = { ...observed.state, drift: observed.drift };
    const found = { ...state, ...own(kind, state) };
    const differs = changedInputs(lifecycle, outputs(inputs, found), inputs);
    return { inputs, found: { kind, state: outputs(inputs, found), differs, drift: observed.drift } };
  };

  const newResource = async ({ type, name, inputs, custom }: runtime.MockResourceArgs) => {
    const kind = (Object.keys(resources) as ResourceType[]).find((known) => typeOf(known) === type);
    const about = { type, name, parent: parents.get(name) };
    if (custom === false || kind === undefined) {
      registered.set(name, { ...about, inputs });
      return { id: undefined, state: {} };
    }
    const looked = await lookAt(kind, inputs);
    registered.set(name, { ...about, ...looked });
    return { id: name, state: looked.found?.state ?? looked.inputs };
  };

  await runtime.setMocks({
    // A failure must end the whole: a resource that fails alone would only leave the others waiting.
    newResource: (args) =>
      newResource(args).catch((error) => {
        fail(error);
        return new Promise<never>(() => {});
      }),
    call: () => ({}),
  });
  declareAll(program, ({ resource, name, parent }) => {
    made.push(resource);
    if (parent !== undefined) parents.set(name, parent);
  });
  const urns = new Promise<unknown>((resolve) => all(made.map(({ urn }) => urn)).apply(resolve));
  await Promise.race([urns, failed]);
  // Until the components have told their outputs too: another program may run after this one.
  await Promise.race([runtime.disconnect(), failed]);
  // As they stand in the program, whichever was looked at first.
  return made.flatMap((resource) => registered.get(nameOf.get(resource) ?? "") ?? []);
}

const nameOf = new WeakMap<Resource, string>();

/** Makes the objects of the program. `seen` is told of each resource, parts of components too, before it is registered. */
function declareAll(
  { constants, declarations }: Program,
  seen: (made: { readonly resource: Resource; readonly name: string; readonly parent?: string }) => void,
): void {
  const classes = { ...resources, InstancePairing, ManagedInstanceLink };
  const variables = new Map<string, unknown>(Object.entries(constants));
  for (const { variable, kind, name, args, dependsOn = [] } of declarations) {
    const given = Object.fromEntries(
      Object.entries(args).map(([argument, value]) => [argument, evaluated(value, variables)]),
    );
    variables.set(
      variable,
      new classes[kind](name, given as never, {
        dependsOn: dependsOn.map((path) => evaluated(ref(path), variables) as Resource),
        transformations: [
          (made) => {
            const resource = made.resource as Resource;
            nameOf.set(resource, made.name);
            seen({ resource, name: made.name, parent: made.opts.parent && nameOf.get(made.opts.parent) });
            return undefined;
          },
        ],
      }),
    );
  }
}

function evaluated(argument: Argument, variables: ReadonlyMap<string, unknown>): unknown {
  if (!(argument instanceof Reference)) return argument;
  const [variable, ...properties] = argument.path;
  return properties.reduce<unknown>((value, property) => (value as Bag)[property], variables.get(variable));
}

const visible = (bag: Bag): Bag => Object.fromEntries(Object.entries(bag).filter(([name]) => !isHidden(name)));
