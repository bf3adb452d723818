import type { Typed } from "../types";
import { textOf } from "../values/convert";

export interface PassedParameter extends Typed {
  /** The name without the @, lower case; undefined when given by position. */
  readonly name?: string;
  readonly output: boolean;
}
/** The value that an OUTPUT parameter has at the end. */
export interface ReturnedParameter extends Typed {
  /** The parameter of the call that asked for it. */
  readonly passed: PassedParameter;
}

type Argument = Typed & { readonly name?: string };

/** Finds the argument for a parameter: by its name (without the @, lower case), else by its position. */
export function argument<Passed extends Argument>(
  args: readonly Passed[],
  position: number,
  name: string,
): Passed | undefined {
  const positional = args[position];
  return args.find((arg) => arg.name === name) ?? (positional?.name === undefined ? positional : undefined);
}

export function textArgument(args: readonly Argument[], position: number, name: string): string | undefined {
  const given = argument(args, position, name);
  return given && given.value !== null ? textOf(given.value, given.type) : undefined;
}
