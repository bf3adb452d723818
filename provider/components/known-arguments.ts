import { RunError } from "@pulumi/pulumi";
import { didYouMean } from "../arguments/did-you-mean";
import { settingNames } from "../arguments/sql-server-settings";

/** Every argument of a component; the type makes the compiler ask for each. */
export type ArgumentNames<Args> = Readonly<Record<keyof Args & string, "required" | "optional">>;

/**
 * Refuses a missing or misspelt argument: in JavaScript no compiler finds it, and a misspelt one would be ignored in silence.
 * `elsewhere`: arguments that another component has here, with its name.
 */
export function refuseWrongArguments<Args extends object>(
  component: string,
  name: string,
  args: Args,
  known: ArgumentNames<Args>,
  elsewhere: Readonly<Record<string, string>> = {},
): void {
  const given: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(args));
  const names = Object.entries<string>(known);
  const problems = [
    ...names.flatMap(([name, kind]) =>
      kind === "required" && given[name] === undefined ? [`${name} is required`] : [],
    ),
    ...unknown(given, Object.keys(known), "", elsewhere),
    ...(isPlain(given.sqlServer) ? unknown(given.sqlServer, settingNames, "sqlServer.") : []),
  ];
  if (problems.length > 0) throw new RunError(`${component} ${name}: ${problems.join("; ")}`);
}

const unknown = (
  given: object,
  known: readonly string[],
  prefix = "",
  elsewhere: Readonly<Record<string, string>> = {},
): string[] =>
  Object.entries(given)
    .filter(([name, value]) => value !== undefined && !known.includes(name))
    .map(([name]) => {
      const whose = elsewhere[name];
      const hint = whose === undefined ? didYouMean(name, known) : `: give it to the ${whose}`;
      return `${prefix}${name} is not one of its arguments${hint}`;
    });

/** Settings that are an output are not known yet. Each resource checks them when they are. */
const isPlain = (value: unknown): value is object =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
