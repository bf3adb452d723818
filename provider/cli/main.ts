#!/usr/bin/env node
/** `mi-link`: the operator's command line. Each command is a folder or file beside this one. */
import "../node-version";
import addCompletion from "@bomb.sh/tab/commander";
import { Command, CommanderError } from "commander";
import type { Code } from "../errors/codes";
import { unknownFailure, VisibleError } from "../errors/visible-error";
import { disconnectAll } from "../sql-server/connection";
import { addErrors } from "./errors-command";
import { addImport } from "./import/command";
import { WrongCommandLine } from "./option-words";
import { jsonOf, say, tell } from "./output";
import { addPreflight } from "./preflight-command";
import { addReport } from "./report/report-command";
import { addScript } from "./script/script-command";
import { addLab } from "./start-lab";
import { addStatus } from "./status/status-command";

const { version }: { readonly version: string } = require("pulumi-mi-link/package.json");

/** 0: done. 1: failed, and the message says why. 2: the command line is wrong. */
const exitCodes = { failed: 1, usage: 2 } as const;

/** All commands and their options, from which the help is made, and the reference in `docs/reference`. */
export function commandLine(args: readonly string[] = []): Command {
  const program = new Command("mi-link")
    .description("Links between SQL Server and Azure SQL Managed Instance, for those who operate them.")
    .version(version)
    .option("--json", "print one JSON document instead of text")
    .showHelpAfterError("(mi-link --help tells the commands, mi-link <command> --help their options)")
    .addHelpText(
      "after",
      [
        "\nMI_LINK_TRANSCRIPT names a file to which every run, of Pulumi too, appends what it changes on the servers.",
        "Exit codes: 0 done, 1 failed, 2 the command line is wrong.",
      ].join("\n"),
    )
    .exitOverride();
  addImport(program);
  addErrors(program);
  addPreflight(program);
  addScript(program);
  addStatus(program);
  addReport(program);
  addLab(program, args);
  addCompletion(program, { completionCommandName: "completion" });
  return program;
}

/** Runs one command line and answers its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const program = commandLine(args);
  try {
    await program.parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // Commander has written its own message to standard error already, with a hint at the help.
    if (program.opts().json === true) say(jsonOf({ error: told(error) }));
    else if (!(error instanceof CommanderError)) tell(told(error).message);
    const isUsage = error instanceof CommanderError || error instanceof WrongCommandLine;
    return isUsage ? exitCodes.usage : exitCodes.failed;
  } finally {
    await disconnectAll();
  }
}

/** What scripts read of a failure. */
function told(error: unknown): { readonly message: string; readonly codes: readonly (Code | string)[] } {
  if (error instanceof CommanderError) return { message: error.message.replace(/^error: /, ""), codes: [error.code] };
  const { message, codes } = error instanceof VisibleError ? error : unknownFailure("finish the command", error);
  return { message, codes };
}

if (require.main === module) {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever reads has enough, as in `mi-link --help | head -n 1`.
    if (error.code === "EPIPE") process.exit();
    process.stderr.write(`Could not write the result: ${error.message}\n`);
    process.exit(exitCodes.failed);
  });
  // Nobody reads what goes on meanwhile, as after the terminal was closed: what was made is removed all the same.
  process.stderr.on("error", () => {});
  main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
