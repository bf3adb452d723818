import type { Command } from "commander";
import { clearStatus, jsonOf, say } from "../output";
import { managedInstanceOption, sqlServerOptions } from "../servers";
import { importFiles as files } from "./import-names";
import type { ImportOptions } from "./taking-over";

export function addImport(program: Command): void {
  const command = program
    .command("import")
    .description(
      "Take over links that exist: write the file for `pulumi import` and the program that declares them. Changes nothing on the servers.",
    );
  for (const option of [...sqlServerOptions, managedInstanceOption()]) command.addOption(option);
  command
    .option("--link <name...>", "names of the links (default: all between the two)")
    .requiredOption("--out <folder>", `where ${files.state} and ${files.program} are written`)
    .option("--force", "overwrite them")
    .addHelpText(
      "after",
      "\nAzure is signed in to as the provider does: az login, AZURE_*, ARM_*, a managed identity; MI_LINK_ARM_ENDPOINT and MI_LINK_CA_FILE.",
    )
    .action(async (options: ImportOptions) => {
      // Loaded when it is needed: it is the one command that runs a program, for which it takes Pulumi's library.
      const { takeOver, write, reportOf, textOf } = await import("./taking-over.js");
      const imported = await takeOver(options).finally(clearStatus);
      await write(options, imported);
      say(program.opts().json === true ? jsonOf(reportOf(options, imported)) : textOf(options, imported));
    });
}
