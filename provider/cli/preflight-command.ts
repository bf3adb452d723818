import { type Command, InvalidArgumentError } from "commander";
import { look, reportOf } from "../preflight/preflight";
import { tableOf } from "./findings-table";
import { clearStatus, jsonOf, say, status } from "./output";
import { checkProbe, endOfPatience, type Probed, type ProbeOptions, probed, probeOptions } from "./probe-options";
import { contextOf, managedInstanceOption, type SqlServerOptions, settingsOf, sqlServerOptions } from "./servers";

interface Options extends SqlServerOptions, ProbeOptions {
  readonly managedInstance?: string;
  readonly database?: readonly string[];
}

export function addPreflight(program: Command): void {
  const command = program
    .command("preflight")
    .description(
      "Test what links need, on the SQL Server, in Azure and of databases, and say what removes each problem. Changes nothing without --probe.",
    );
  for (const option of [...sqlServerOptions, managedInstanceOption().makeOptionMandatory(false), ...probeOptions()])
    command.addOption(option);
  command
    .option("--database <name...>", "databases that are to be linked (default: all that users made)")
    .option("--timeout <seconds>", "what was not answered by then is unknown", wholeSeconds, 120)
    .addHelpText("after", "\nIt answers 1 where a test failed. A warning or what could not be tested is no failure.")
    .action(async (options: Options) => {
      checkProbe(command, options, options.managedInstance);
      const { managedInstance, database: databases = "all" as const, timeout } = options;
      status("looking at both sides");
      const args = { sqlServer: settingsOf(options), managedInstanceId: managedInstance, databases };
      const report = await look(
        args,
        contextOf(() => {}, { signal: endOfPatience(timeout) }),
      ).finally(clearStatus);
      const { probe, managedInstance: id } = options;
      const network = probe && id ? await probed(options, args.sqlServer, id) : undefined;
      const whole = network ? reportOf([...report.findings, ...network.findings]) : report;
      say(program.opts().json === true ? jsonOf(whole) : tableOf(whole, process.stdout.columns, endOf(network)));
      if (whole.counts.failed > 0) process.exitCode = 1;
    });
}

function wholeSeconds(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("It must be a number of seconds.");
  return Number(text);
}

const endOf = (network: Probed | undefined): string => {
  if (!network) return "Nothing was changed.";
  if (!network.isChanged) return "Nothing was changed: the test of the network made nothing.";
  return network.findings.some(({ id }) => id === "network-left-behind")
    ? "Something that the test of the network made is still there: network-left-behind."
    : "What the test of the network made is removed again.";
};
