#!/usr/bin/env node
/** `mi-link`: the operator's command line. Each command is a folder or file beside this one. */
import "../node-version";
import { Command, CommanderError } from "commander";
import { VisibleError } from "../errors/visible-error";
import { disconnectAll } from "../sql-server/connection";
import { addImport } from "./import/command";
import { jsonOf, say } from "./output";
import { addReport } from "./report/report-command";
import { addStatus } from "./status/status-command";

/** 0: done. 1: failed, and the message says why. 2: the command line is wrong. */
const exitCodes = { failed: 1, usage: 2 } as const;

/** Runs one command line and answers its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command("mi-link")
    .description("Links between SQL Server and Azure SQL Managed Instance, for those who operate them.")
    .option("--json", "print one JSON document instead of text")
    .showHelpAfterError("(mi-link --help tells the commands, mi-link <command> --help their options)")
    .addHelpText("after", "\nExit codes: 0 done, 1 failed, 2 the command line is wrong.")
    .exitOverride();
  addImport(program);
  addStatus(program);
  addReport(program);
  try {
    await program.parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    if (!(error instanceof VisibleError)) throw error;
    if (program.opts().json === true) say(jsonOf({ error: { message: error.message, codes: error.codes } }));
    else process.stderr.write(`${error.message}\n`);
    return exitCodes.failed;
  } finally {
    await disconnectAll();
  }
}

if (require.main === module) {
  main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
