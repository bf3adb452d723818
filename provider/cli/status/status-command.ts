import { type Command, InvalidArgumentError } from "commander";
import { clearStatus, jsonOf, say, status } from "../output";
import { addLookOptions, type LookOptions, lookOnce } from "./look-options";
import type { Status } from "./status-data";
import { textOf } from "./status-text";
import { watch } from "./watch";
import { appendSample } from "./watch-log";

interface Options extends LookOptions {
  readonly watch?: boolean;
  readonly interval: number;
  readonly log?: string;
}

export function addStatus(program: Command): void {
  const command = program
    .command("status")
    .description(
      "Look at links from both sides: role, state, health, progress of the copy, lag, queues, certificates, and what is wrong with each. Changes nothing.",
    );
  addLookOptions(command);
  command
    .option("--watch", "look again and again, until Ctrl-C")
    .option("--interval <seconds>", "how long to wait between two looks", seconds, 5)
    .option("--log <file>", "append what was seen to a file, a JSON line for each look; mi-link report draws it")
    .addHelpText(
      "after",
      `
Each server and each instance is asked once, however many links there are. It takes the permissions VIEW SERVER STATE and
VIEW ANY DEFINITION on SQL Server, and Reader on the managed instance; what may not be seen is told, and the rest is shown.
Exit codes: 0 all links are well or being copied, 1 something is wrong or could not be read, at the last look with --watch.`,
    )
    .action(async (options: Options) => {
      const isJson = program.opts().json === true;
      const look = async (signal: AbortSignal): Promise<Status> => {
        const seen = await lookOnce(options, signal, options.watch ? () => {} : status);
        if (options.log !== undefined) await appendSample(options.log, seen);
        return seen;
      };
      const last = options.watch ? await watch(look, { ...options, isJson }) : await once(look, isJson);
      if (last && !isWell(last)) process.exitCode = 1;
    });
}

async function once(look: (signal: AbortSignal) => Promise<Status>, isJson: boolean): Promise<Status> {
  status("looking at both sides");
  const seen = await look(new AbortController().signal).finally(clearStatus);
  const { stdout } = process;
  say(isJson ? jsonOf(seen) : textOf(seen, { width: stdout.columns ?? 160, stream: stdout }));
  return seen;
}

function isWell({ links, sqlServers, managedInstances, problems }: Status): boolean {
  const isRead = [...sqlServers, ...managedInstances].every((one) => one.problems.length === 0);
  return isRead && problems.length === 0 && links.every(({ health }) => health === "Healthy" || health === "Copying");
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 86_400)) throw new InvalidArgumentError("It must be a number of seconds, 1 to 86400.");
  return value;
}
