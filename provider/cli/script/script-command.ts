import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { hostNameProblem } from "../../arguments/host";
import { canonicalInstanceId, parseInstanceId } from "../../arguments/managed-instance-id";
import { complete, type SqlServer } from "../../arguments/sql-server-settings";
import { counted } from "../../errors/wording";
import type { Names, Step } from "../../lifecycle/steps";
import { backupPath } from "../../sql-server/backup-path";
import { writeNew } from "../new-files";
import { clearStatus, jsonOf, say, status } from "../output";
import {
  contextOf,
  managedInstanceOption,
  portNumber,
  type SqlServerOptions,
  settingsOf,
  sqlServerOptions,
} from "../servers";
import { documentOf } from "./document";
import { fileOf, type Part, partsOf, statementOf, textOf } from "./parts";
import { runnerFile, runnerOf } from "./runner";
import { stepsFor } from "./script-steps";

interface Options extends SqlServerOptions {
  readonly managedInstance: string;
  readonly database: readonly string[];
  readonly serverName?: string;
  readonly managedInstanceFqdn?: string;
  readonly address?: string;
  readonly endpointPort?: number;
  readonly publicPort?: number;
  readonly certificateExpiry?: string;
  readonly certificateName?: string;
  readonly backupFolder?: string;
  readonly failoverMode?: string;
  readonly paired?: boolean;
  readonly out?: string;
  readonly force?: boolean;
}

const documentFile = "links.md";

export function addScript(program: Command): void {
  const command = program
    .command("script")
    .description(
      "Write the T-SQL and the calls of Azure that `pulumi up` would run for new links, in order, to be run by hand. Changes nothing on the servers.",
    );
  for (const option of [...sqlServerOptions, managedInstanceOption()]) command.addOption(option);
  command
    .requiredOption("--database <name...>", "databases to link, each with a link of its own")
    .option("--server-name <name>", "name of the SQL Server, @@SERVERNAME (default: it is asked)")
    .option("--managed-instance-fqdn <host>", "host name of the managed instance (default: Azure is asked)", fqdn)
    .option("--address <host>", "the SQL Server's address as the managed instance reaches it (default: --sql-server)")
    .option("--endpoint-port <number>", "port of its mirroring endpoint (default: 5022)", portNumber)
    .option(
      "--public-port <number>",
      "that port as the managed instance reaches it (default: --endpoint-port)",
      portNumber,
    )
    .option("--certificate-expiry <date>", "last day of its certificate, YYYY-MM-DD (default: a year)")
    .option("--certificate-name <name>", "name of its certificate (default: Cert_<server>_endpoint)")
    .option("--backup-folder <path>", "where full backups go, on the SQL Server (default: its own folder for them)")
    .option("--failover-mode <mode>", "Manual, or None: one way to Azure (default: Manual)")
    .option("--paired", "the trust between the two and the endpoint are there: only what each database needs")
    .option("--out <folder>", `write ${documentFile}, a file for each part, and ${runnerFile}, which runs them`)
    .option("--force", "overwrite them")
    .addHelpText(
      "after",
      "\nWith --server-name and --managed-instance-fqdn it connects to nothing. Without one of them it signs in to that side,\nas the provider does, and only asks for the name.",
    )
    .action(async (options: Options) => {
      const script = await write(options).finally(clearStatus);
      const isJson = program.opts().json === true;
      if (options.out !== undefined) await save(options.out, options.force === true, script);
      say(
        isJson
          ? jsonOf(reportOf(script, options.out))
          : options.out === undefined
            ? script.document
            : saved(script, options.out),
      );
    });
}

interface Script {
  readonly parts: readonly Part[];
  readonly document: string;
  readonly runner: string;
}

async function write(options: Options): Promise<Script> {
  // Where nothing connects, the script is the same for any login: its runner asks for one.
  const isAsked = options.serverName === undefined || options.authentication !== undefined;
  const sqlServer = settingsOf(isAsked ? options : { user: "sa", ...options });
  const managedInstanceId = canonicalInstanceId(options.managedInstance);
  const { names, origin } = await namesFor(options, sqlServer, managedInstanceId);
  const { address, endpointPort: port, publicPort, certificateExpiry, certificateName, failoverMode } = options;
  const { database: databases, paired: isPaired = false, backupFolder } = options;
  const steps = await stepsFor({
    ...names,
    sqlServer,
    managedInstanceId,
    databases,
    isPaired,
    pairing: { address, port, publicPort, certificateExpiry, certificateName },
    link: (name) => ({ failoverMode, backupDisk: backupFolder && backupPath(backupFolder, name) }),
  });
  const parts = partsOf(steps);
  const { host, port: at } = complete(sqlServer);
  return {
    parts,
    document: documentOf(parts, { ...names, managedInstanceId, databases, isPaired, origin }),
    runner: runnerOf(parts, { host, port: at, user: options.user ?? "" }),
  };
}

/** The two names: as given, or asked for. */
async function namesFor(
  options: Options,
  sqlServer: SqlServer,
  managedInstanceId: string,
): Promise<{ names: Names; origin: string }> {
  const context = contextOf(() => {});
  const asked: string[] = [];
  const ask = async (whom: string, answer: () => Promise<string>): Promise<string> => {
    status(`asking ${whom} for its name`);
    asked.push(whom);
    return await answer();
  };
  const { serverName, managedInstanceFqdn } = options;
  const names = {
    serverName:
      serverName ??
      (await ask(`SQL Server at ${options.sqlServer}`, async () => (await context.sql(sqlServer)).instance.name)),
    fqdn:
      managedInstanceFqdn ??
      (await ask(
        `Azure about ${parseInstanceId(managedInstanceId).name}`,
        async () => (await context.azure.managedInstance(managedInstanceId)).fqdn,
      )),
  };
  const origin =
    asked.length === 0
      ? "It was written without asking any server what is there."
      : `${asked.join(" and ")} was asked for the name, and nothing else about what is there.`;
  return { names, origin };
}

const save = (folder: string, isForced: boolean, { parts, document, runner }: Script): Promise<void> =>
  writeNew(
    folder,
    [
      { name: documentFile, text: document },
      ...parts.map((part) => ({ name: fileOf(part), text: textOf(part) })),
      { name: runnerFile, text: runner },
    ],
    isForced,
  );

const saved = ({ parts }: Script, folder: string): string =>
  [
    `Written into ${folder}; nothing was changed on the servers:`,
    `  ${documentFile}  the whole, to be read and handed on`,
    ...parts.map(
      (part) =>
        `  ${fileOf(part)}  ${counted(part.steps.length, "step")} ${part.on === "Azure" ? "in Azure" : "on SQL Server"}`,
    ),
    `  ${runnerFile}  runs them in order: az login, then bash ${join(folder, runnerFile)}`,
  ].join("\n");

const reportOf = ({ parts }: Script, folder: string | undefined) => ({
  parts: parts.map((part) => ({
    number: part.number,
    on: part.on,
    takes: part.takes,
    gives: part.gives,
    ...(folder !== undefined && { file: join(folder, fileOf(part)) }),
    text: textOf(part),
    steps: part.steps.map(shown),
  })),
});

/** A statement as it is sent, and the batch with its condition; a call of Azure as it is. */
const shown = (step: Step) =>
  step.on === "Azure"
    ? step
    : {
        ...step,
        statement: step.statement.text,
        unless: step.unless?.query.text,
        batch: statementOf(step).text,
      };

/** As the provider takes a host name. */
function fqdn(host: string): string {
  const problem = hostNameProblem(host);
  if (problem !== undefined) throw new InvalidArgumentError(`It ${problem}.`);
  return host;
}
