import type { SqlServer } from "../../arguments/sql-server-settings";
import { resources } from "../../dynamic/index";
import type { Names, Step } from "../../lifecycle/steps";
import { sql } from "../../sql-server/tsql";
import { type Declaration, type Program, ref } from "../declarations";
import { WrongCommandLine } from "../option-words";
import { type Answered, runProgram } from "../run-program";

/** What links are wanted between. */
export interface Wanted extends Names {
  readonly sqlServer: SqlServer;
  readonly managedInstanceId: string;
  readonly databases: readonly string[];
  /** The trust between the two, and the endpoint, are there already. */
  readonly isPaired: boolean;
  /** Arguments of the InstancePairing and of each ManagedInstanceLink, by name. */
  readonly pairing: Declaration["args"];
  link(database: string): Declaration["args"];
}

/**
 * What an `up` of an InstancePairing, and of a ManagedInstanceLink for each database, sends where nothing of them is there, in
 * order: the components say what they are made of, and each part's lifecycle what its create sends. The links in Azure come
 * last, so that each side is asked for all that it can do at once.
 */
export async function stepsFor(wanted: Wanted): Promise<readonly Step[]> {
  const { serverName, fqdn, databases, isPaired } = wanted;
  const given = [wanted.pairing, ...databases.map(wanted.link)].flatMap((args) => Object.values(args));
  const texts = given.filter((value) => typeof value === "string");
  const problems = new Set([serverName, ...databases, ...texts].flatMap(unwritable));
  const registered = await runProgram(programFor(wanted), async (kind, { inputs, failures }): Promise<WithSteps> => {
    for (const { reason } of failures) problems.add(inOptionWords(reason));
    // What depends on it would lack something because of that only.
    if (failures.length > 0) throw refused([...problems]);
    const { steps, outputs } = resources[kind].lifecycle().steps(inputs as never, { serverName, fqdn });
    return { steps, outputs: { ...inputs, ...outputs } };
  });
  if (problems.size > 0) throw refused([...problems]);
  const its = registered.filter(({ parent }) => !isPaired || parent !== pairing);
  const stepsOf = (isWanted: (type: string) => boolean) =>
    its.flatMap(({ type, answer }) => (isWanted(type) ? (answer?.steps ?? []) : []));
  const isLink = (type: string) => type.endsWith(":InstanceLink");
  const links = its.flatMap(({ type, inputs }) => (isLink(type) ? [String(inputs.linkName)] : []));
  return [...stepsOf((type) => !isLink(type)), ...stepsOf(isLink), verification(links)];
}

/** The other side of each link as SQL Server sees it: "Verify the link" of the script page. */
const verification = (links: readonly string[]): Step => ({
  on: "SQL Server",
  doing: "see that each link is connected and healthy: up to a minute after it was made",
  statement: sql`SELECT g.name, s.connected_state_desc, s.synchronization_health_desc, s.last_connect_error_number,
    s.last_connect_error_description
FROM sys.availability_groups g
JOIN sys.dm_hadr_availability_replica_states s ON s.group_id = g.group_id
WHERE s.is_local = 0 AND g.name IN (${sql.list(links.map(sql.string))})
ORDER BY g.name`,
});

interface WithSteps extends Answered {
  readonly steps: readonly Step[];
}

const pairing = "pairing";

const programFor = ({ sqlServer, managedInstanceId, databases, ...args }: Wanted): Program => ({
  constants: { sqlServer, managedInstanceId },
  declarations: [
    {
      variable: pairing,
      kind: "InstancePairing",
      name: pairing,
      args: { ...args.pairing, sqlServer: ref("sqlServer"), managedInstanceId: ref("managedInstanceId") },
    },
    ...databases.map(
      (databaseName, i): Declaration => ({
        variable: `link${i}`,
        kind: "ManagedInstanceLink",
        name: `link${i}`,
        args: { ...args.link(databaseName), pairing: ref(pairing), databaseName },
      }),
    ),
  ],
});

/** A line break in a name could be a GO between two quotes, and `$(x)` a place that gets a password, or a variable of sqlcmd. */
const unwritable = (name: string): string[] =>
  /\p{Cc}|\$\(/u.test(name)
    ? [`the text ${JSON.stringify(name)} holds a control character or "$(", which sqlcmd does not take as they are`]
    : [];

const refused = (problems: readonly string[]): WrongCommandLine =>
  new WrongCommandLine({
    doing: "write a script for that",
    said: problems,
    cause: "what the command line asks for cannot be declared, so no pulumi up would make it either.",
    remedy: "mend the command line: mi-link script --help tells its options.",
  });

/** What the parts are given, by the options that say it: problems begin with the argument's name. */
const optionNames: ReadonlyMap<string, string> = new Map([
  ["certificateName", "--certificate-name"],
  ["expiry", "--certificate-expiry"],
  ["port", "--endpoint-port"],
  ["databaseName", "--database"],
  ["failoverMode", "--failover-mode"],
  ["backupDisk", "--backup-folder"],
  ...["endpointUrl", "localUrl", "partnerEndpoint"].map(
    (url) => [url, "the URL that --address (or --sql-server) and --public-port give"] as const,
  ),
]);

const inOptionWords = (problem: string): string =>
  problem.replace(/^\w+/, (argument) => optionNames.get(argument) ?? argument);
