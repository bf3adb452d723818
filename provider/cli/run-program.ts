import { all, type Resource, runtime } from "@pulumi/pulumi";
import { InstancePairing } from "../components/instance-pairing";
import { ManagedInstanceLink } from "../components/managed-instance-link";
import { type ResourceType, resources } from "../dynamic/index";
import { type Checked, checkInputs, isHidden } from "../lifecycle/check";
import type { Bag } from "../lifecycle/contract";
import { unknownValue } from "../lifecycle/unknown";
import { typeOf } from "../resources/link-resource";
import { isPlace } from "../sql-server/tsql";
import { type Argument, type Program, Reference, ref } from "./declarations";

/** What the program registers, as the engine would see it, and what was answered about it. */
export interface Registered<Answer> {
  readonly type: string;
  readonly name: string;
  /** Name of the component that it is a part of. */
  readonly parent?: string;
  /** As check leaves them. */
  readonly inputs: Bag;
  /** Of a resource, not of a component. */
  readonly answer?: Answer;
}

/** What the program goes on with. */
export interface Answered {
  /** The resource's outputs; its inputs where there are none. */
  readonly outputs?: Bag;
}

/**
 * Runs a program against a monitor that makes nothing: what `answer` says of each resource is passed on as its outputs. So the
 * components themselves say what they are made of. The result is in the order of the program.
 */
export async function runProgram<Answer extends Answered>(
  program: Program,
  answer: (kind: ResourceType, checked: Checked) => Promise<Answer>,
): Promise<readonly Registered<Answer>[]> {
  const registered = new Map<string, Registered<Answer>>();
  const parents = new Map<string, string>();
  const made: Resource[] = [];
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });

  const newResource = async ({ type, name, inputs: given, custom }: runtime.MockResourceArgs) => {
    const kind = (Object.keys(resources) as ResourceType[]).find((known) => typeOf(known) === type);
    const about = { type, name, parent: parents.get(name) };
    if (custom === false || kind === undefined) {
      registered.set(name, { ...about, inputs: given });
      return { id: undefined, state: {} };
    }
    const checked = checkInputs(resources[kind].lifecycle(), known(visible(given)));
    const { inputs } = checked;
    const answered = await answer(kind, checked);
    registered.set(name, { ...about, inputs, answer: answered });
    return { id: name, state: answered.outputs ?? inputs };
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

/** What has only a place is not known yet. */
const known = (bag: Bag): Bag =>
  Object.fromEntries(Object.entries(bag).map(([name, value]) => [name, isPlace(value) ? unknownValue : value]));

const visible = (bag: Bag): Bag => Object.fromEntries(Object.entries(bag).filter(([name]) => !isHidden(name)));
