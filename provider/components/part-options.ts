import {
  type ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  RunError,
} from "@pulumi/pulumi";
import { didYouMean } from "../arguments/did-you-mean";
import { type Component, type GivenArgument, type Origin, originsOf, type PartOf } from "./part-arguments";

/** What a component says of arguments that it hands to no part. */
type NotHandedOn<C extends Component, Argument extends string> = Readonly<
  Record<Exclude<Argument, GivenArgument<C>>, string>
>;

/**
 * The options of the parts of a component. What the user says of the component's arguments is said of those that its parts
 * have from them; `customTimeouts` are those of each part. The engine itself hands on `protect`, `retainOnDelete`,
 * `deletedWith`, `aliases` and providers.
 *
 * `known`: every argument of the component. `notHandedOn`: why one that no part is given can't be named.
 */
export function partOptions<C extends Component, Argument extends string>(
  component: C,
  parent: ComponentResource,
  name: string,
  known: Readonly<Record<Argument | GivenArgument<C>, unknown>>,
  notHandedOn: NotHandedOn<C, Argument>,
  { customTimeouts, ignoreChanges, replaceOnChanges }: ComponentResourceOptions = {},
): (part: PartOf<C>, more?: CustomResourceOptions) => CustomResourceOptions {
  // These name arguments, and the engine hands them on to no part.
  const paths = Object.entries({ ignoreChanges: ignoreChanges ?? [], replaceOnChanges: replaceOnChanges ?? [] });
  for (const [option, named] of paths) {
    for (const path of named) {
      const problem = problemOf(component, path, Object.keys(known), notHandedOn);
      if (problem !== undefined) throw new RunError(`${component} ${name}: ${option} ${problem}`);
    }
  }
  return (part, more = {}) => {
    const origins = originsOf(component)[part] ?? {};
    const translated = paths.map(
      ([option, named]) => [option, named.flatMap((path) => inPart(path, origins))] as const,
    );
    return {
      parent,
      ...(customTimeouts && { customTimeouts }),
      ...Object.fromEntries(translated.filter(([, named]) => named.length > 0)),
      ...more,
    };
  };
}

/** What every resource has, and no component as an argument: all arguments, and what no argument shows. */
const everywhere = ["*", "drift"];

/** The path as the part knows it: none where it is about other parts, more than one where a whole object is handed on in pieces. */
function inPart(path: string, origins: Readonly<Record<string, Origin>>): string[] {
  if (everywhere.includes(path)) return [path];
  return Object.entries(origins).flatMap(([name, { argument, isGiven }]) => {
    if (argument === undefined || !isGiven) return [];
    if (argument === path || argument.startsWith(`${path}.`)) return [name];
    const rest = path.slice(argument.length);
    return path.startsWith(argument) && /^[.[]/.test(rest) ? [`${name}${rest}`] : [];
  });
}

function problemOf(
  component: Component,
  path: string,
  known: readonly string[],
  notHandedOn: Readonly<Record<string, string>>,
): string | undefined {
  const [argument = ""] = path.split(/[.[]/);
  if (everywhere.includes(path)) return undefined;
  if (!known.includes(argument))
    return `names ${path}, which is not one of its arguments${didYouMean(argument, known)}`;
  const why = notHandedOn[argument];
  if (why !== undefined) return `can't name ${argument}: ${why}`;
  const parts = Object.values(originsOf(component));
  if (parts.every((origins) => inPart(path, origins).length === 0))
    return `names ${path}, which none of its parts is given`;
  return undefined;
}
