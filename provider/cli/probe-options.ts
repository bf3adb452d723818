import { type Command, Option } from "commander";
import { canonicalInstanceId, parseInstanceId } from "../arguments/managed-instance-id";
import { authentications } from "../arguments/sql-server-authentication";
import type { SqlServer } from "../arguments/sql-server-settings";
import { VisibleError } from "../errors/visible-error";
import { counted } from "../errors/wording";
import type { Finding } from "../preflight/finding";
import { probeNetwork } from "../preflight/probe/probe";
import { known, passed, tested } from "../preflight/told";
import { clearStatus, tell } from "./output";
import { contextOf, portNumber, reference, settingsOf } from "./servers";

/** What `--probe` needs to know beside the two servers. */
export interface ProbeOptions {
  /** Seconds until what was not answered is unknown. */
  readonly timeout: number;
  readonly probe?: true;
  readonly managedInstanceUser?: string;
  readonly managedInstanceCredential?: string;
  readonly managedInstanceAuthentication?: NonNullable<SqlServer["authentication"]>;
  readonly managedInstanceHost?: string;
  readonly managedInstancePort?: number;
  readonly endpointHost?: string;
  readonly endpointPort?: number;
}

export const probeOptions = (): readonly Option[] => [
  new Option(
    "--probe",
    "test the network too, in both directions and from the servers themselves: a job of SQL Server Agent on each tries to connect, and where SQL Server has no mirroring endpoint there is one meanwhile. Each is said before, and removed again. Not while somebody sets up a link there",
  ),
  new Option(
    "--managed-instance-user <login>",
    "with --probe: a sysadmin of the managed instance, who has it connect to SQL Server (default: that way is not tested)",
  ),
  new Option(
    "--managed-instance-credential <reference>",
    "where its password is (default: env:MANAGED_INSTANCE_PASSWORD where a password is needed)",
  ).argParser(reference),
  new Option("--managed-instance-authentication <kind>", "how it signs in (default: SqlPassword)").choices(
    authentications,
  ),
  new Option("--managed-instance-host <host>", "where this machine reaches the instance (default: its own host name)"),
  new Option("--managed-instance-port <number>", "its TCP port (default: 1433)").argParser(portNumber),
  new Option(
    "--endpoint-host <host>",
    "with --probe: where the managed instance reaches the SQL Server (default: --sql-server)",
  ),
  new Option(
    "--endpoint-port <number>",
    "port of the mirroring endpoint, where there is none yet (default: 5022)",
  ).argParser(portNumber),
];

export interface Probed {
  readonly findings: readonly Finding[];
  /** Something was made or removed on a server: each was said before. */
  readonly isChanged: boolean;
}

/** Tests the network as `--probe` asks for it. Ctrl-C ends it when what it made is removed; a second one at once. */
export async function probed(options: ProbeOptions, sqlServer: SqlServer, managedInstanceId: string): Promise<Probed> {
  const interruption = new AbortController();
  const stop = () => {
    tell("Interrupted: removing what the test of the network has made.");
    interruption.abort(new Error("interrupted"));
  };
  const signals = ["SIGINT", "SIGHUP", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, stop);
  try {
    const context = contextOf(() => {}, interruption);
    const signal = AbortSignal.any([interruption.signal, endOfPatience(options.timeout)]);
    const { azure } = contextOf(() => {}, { signal });
    const found = await known(() => azure.managedInstance(managedInstanceId));
    if ("why" in found)
      return {
        findings: [tested("network", "the network between the two", found, () => passed(""))],
        isChanged: false,
      };
    const { fqdn } = found.value;
    const { endpointHost = sqlServer.host, endpointPort } = options;
    const instanceServer = instanceSettings(options, fqdn);
    let isChanged = false;
    const announce = (sentence: string) => {
      isChanged = true;
      tell(sentence);
    };
    const probe = { sqlServer, instanceFqdn: fqdn, instanceServer, endpointHost, endpointPort, announce };
    return { findings: await probeNetwork(probe, context), isChanged };
  } finally {
    for (const signal of signals) process.removeListener(signal, stop);
    clearStatus();
  }
}

/** While Azure is out of order, up waits for a quarter of an hour: too long for a look. */
export function endOfPatience(timeout: number): AbortSignal {
  const waiting = new AbortController();
  const failure = {
    doing: "finish the preflight",
    cause: `no answer came within ${counted(timeout, "second")}.`,
    remedy: "run it again later, or give a longer --timeout.",
  };
  setTimeout(() => waiting.abort(new VisibleError(failure, ["Deadline"])), timeout * 1000).unref();
  return waiting.signal;
}

function instanceSettings(options: ProbeOptions, fqdn: string): SqlServer | undefined {
  const { managedInstanceUser: user, managedInstanceAuthentication: authentication } = options;
  if (user === undefined && authentication === undefined) return undefined;
  const needsPassword = authentication === undefined || authentication === "SqlPassword";
  const given = {
    sqlServer: options.managedInstanceHost ?? fqdn,
    ...(options.managedInstancePort !== undefined && { port: options.managedInstancePort }),
    ...(user !== undefined && { user }),
    ...(authentication !== undefined && { authentication }),
    credential: options.managedInstanceCredential ?? (needsPassword ? "env:MANAGED_INSTANCE_PASSWORD" : undefined),
    // Azure's own certificates are public ones; another Azure, such as a laboratory's, has its CA in this variable.
    caFile: process.env.MI_LINK_CA_FILE,
  };
  return settingsOf(given, {
    host: "--managed-instance-host",
    port: "--managed-instance-port",
    user: "--managed-instance-user",
    credential: "--managed-instance-credential",
    authentication: "--managed-instance-authentication",
    caFile: "MI_LINK_CA_FILE",
  });
}

/** Refuses a command line that asks for a test without saying of which instance, or how it is reached, before any look. */
export function checkProbe(command: Command, options: ProbeOptions, managedInstance: string | undefined): void {
  if (!options.probe) return;
  if (managedInstance === undefined) command.error("error: --probe needs --managed-instance <id>");
  instanceSettings(options, parseInstanceId(canonicalInstanceId(managedInstance)).name);
}
