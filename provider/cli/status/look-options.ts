import type { Command } from "commander";
import { canonicalInstanceId } from "../../arguments/managed-instance-id";
import type { Config } from "../../arguments/password";
import { newContext } from "../../lifecycle/context";
import { inWordsOf } from "../option-words";
import { status } from "../output";
import { optionalServerOptions, type SqlServerOptions, settingsOf } from "../servers";
import { type Sources, statusOf } from "./link-status";
import { exportStack, readState, type StackSources, sourcesOfState } from "./stack-sources";
import type { Status } from "./status-data";
import { patienceMilliseconds } from "./unread";

/** What the commands that look at links are told of them. */
export interface LookOptions extends Omit<SqlServerOptions, "sqlServer"> {
  readonly sqlServer?: string;
  readonly managedInstance?: readonly string[];
  /** true: the one that is selected in this folder. */
  readonly stack?: string | true;
  readonly state?: string;
  readonly link?: readonly string[];
}

export function addLookOptions(command: Command): void {
  for (const option of optionalServerOptions()) command.addOption(option);
  command
    .option("--stack [name]", "the links of a Pulumi stack (default: the one that is selected in this folder)")
    .option("--state <file>", "the same of a file that pulumi stack export wrote")
    .option("--link <name...>", "only the links of these names")
    .hook("preAction", () => {
      const problem = problemIn(command.opts());
      if (problem !== undefined) command.error(`error: ${problem}`);
    });
}

function problemIn({ sqlServer, managedInstance, stack, state }: LookOptions): string | undefined {
  const isOfStack = stack !== undefined || state !== undefined;
  const isOfServers = sqlServer !== undefined || managedInstance !== undefined;
  if (isOfStack && isOfServers) return "a stack names its servers and instances itself: give either it or them";
  if (stack !== undefined && state !== undefined) return "give either --stack or --state";
  return isOfStack || isOfServers
    ? undefined
    : "whose links? Give --sql-server, --managed-instance, or both to see both sides of each; or --stack; or --state";
}

/** What is looked at each time: the state is read anew, so that a link that an up makes meanwhile shows. */
export async function lookOnce(
  options: LookOptions,
  until: AbortSignal,
  tell: (message: string) => void = status,
): Promise<Status> {
  const { config, ...sources } = await sourcesOf(options);
  return await lookAt(sources, until, tell, config);
}

/** One look, which ends when all have answered, or after a minute without those that have not. */
export async function lookAt(
  sources: Sources,
  until: AbortSignal,
  tell: (message: string) => void = () => {},
  config: Config = () => undefined,
): Promise<Status> {
  const signal = AbortSignal.any([until, AbortSignal.timeout(patienceMilliseconds)]);
  const context = newContext({ signal, status: tell, warn: () => {}, config });
  const canonical = { ...sources, managedInstances: sources.managedInstances.map(canonicalInstanceId) };
  return await statusOf(canonical, {
    azure: context.azure,
    open: (settings) => inWordsOf(settings, () => context.look(settings)),
  });
}

async function sourcesOf(options: LookOptions): Promise<StackSources> {
  const { sqlServer, managedInstance = [], stack, state, credential, link } = options;
  const isOfStack = stack !== undefined || state !== undefined;
  const sources: StackSources = isOfStack
    ? sourcesOfState(
        state === undefined ? await exportStack(stack === true ? undefined : stack) : await readState(state),
        credential,
      )
    : {
        sqlServers: sqlServer === undefined ? [] : [settingsOf({ ...options, sqlServer })],
        managedInstances: managedInstance,
        config: () => undefined,
      };
  if (!link) return sources;
  const { links } = sources;
  const isWanted = ({ name }: { readonly name: string }) => link.includes(name);
  return { ...sources, links: links ? links.filter(isWanted) : link.map((name) => ({ name })) };
}
