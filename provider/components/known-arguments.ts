import { RunError } from "@pulumi/pulumi";
import { didYouMean } from "../arguments/did-you-mean";
import { settingNames } from "../arguments/sql-server-settings";

/** Every argument of a component; the type makes the compiler ask for each. */
export type ArgumentNames<Args> = Readonly<Record<keyof Args & string, true>>;

/** Refuses a misspelt argument: in JavaScript no compiler finds it, and it would be ignored in silence. */
export function refuseUnknownArguments<Args extends object>(
  component: string,
  name: string,
  args: Args,
  known: ArgumentNames<Args>,
): void {
  const problems = [
    ...unknown(args, Object.keys(known)),
    ...("sqlServer" in args && isPlain(args.sqlServer) ? unknown(args.sqlServer, settingNames, "sqlServer.") : []),
  ];
  if (problems.length > 0) throw new RunError(`${component} ${name}: ${problems.join("; ")}`);
}

const unknown = (given: object, known: readonly string[], prefix = ""): string[] =>
  Object.entries(given)
    .filter(([name, value]) => value !== undefined && !known.includes(name))
    .map(([name]) => `${prefix}${name} is not one of its arguments${didYouMean(name, known)}`);

/** Settings that are an output are not known yet. Each resource checks them when they are. */
const isPlain = (value: unknown): value is object =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
