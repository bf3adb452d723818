import type { Command } from "commander";
import { look } from "../preflight/preflight";
import { tableOf } from "./findings-table";
import { clearStatus, jsonOf, say, status } from "./output";
import { contextOf, managedInstanceOption, type SqlServerOptions, settingsOf, sqlServerOptions } from "./servers";

interface Options extends SqlServerOptions {
  readonly managedInstance?: string;
  readonly database?: readonly string[];
}

export function addPreflight(program: Command): void {
  const command = program
    .command("preflight")
    .description(
      "Test what links need, on the SQL Server, in Azure and of databases, and say what removes each problem. Changes nothing.",
    );
  for (const option of [...sqlServerOptions, managedInstanceOption().makeOptionMandatory(false)])
    command.addOption(option);
  command
    .option("--database <name...>", "databases that are to be linked (default: all that users made)")
    .addHelpText("after", "\nIt answers 1 where a test failed. A warning or what could not be tested is no failure.")
    .action(async (options: Options) => {
      const { managedInstance, database: databases = "all" as const } = options;
      status("looking at both sides");
      const args = { sqlServer: settingsOf(options), managedInstanceId: managedInstance, databases };
      const report = await look(
        args,
        contextOf(() => {}),
      ).finally(clearStatus);
      say(program.opts().json === true ? jsonOf(report) : tableOf(report, process.stdout.columns));
      if (report.counts.failed > 0) process.exitCode = 1;
    });
}
