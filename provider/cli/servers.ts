import { InvalidArgumentError, Option } from "commander";
import { instanceIdProblem } from "../arguments/managed-instance-id";
import { credentialProblem } from "../arguments/password";
import { type SqlServer, sqlServerProperty } from "../arguments/sql-server-settings";
import { scrubOurs } from "../errors/secrets";
import { VisibleError } from "../errors/visible-error";
import { type Context, newContext } from "../lifecycle/context";
import { status } from "./output";

/** The options by which every command reaches a SQL Server. */
export interface SqlServerOptions {
  readonly sqlServer: string;
  readonly port?: number;
  readonly user: string;
  readonly credential: string;
  readonly authentication?: SqlServer["authentication"];
  readonly encrypt?: SqlServer["encrypt"];
  readonly trustServerCertificate?: boolean;
  readonly caFile?: string;
}

export const sqlServerOptions: readonly Option[] = [
  new Option(
    "--sql-server <host>",
    "DNS name or address of the SQL Server, as this machine reaches it",
  ).makeOptionMandatory(),
  new Option("--port <number>", "its TCP port (default: 1433)").argParser(Number),
  new Option("--user <login>", "login, a member of sysadmin").makeOptionMandatory(),
  new Option("--credential <reference>", "where its password is: env:NAME or file:PATH")
    .default("env:SQL_SERVER_PASSWORD")
    .argParser(reference),
  new Option("--authentication <kind>", "how it signs in").choices(["SqlPassword", "Ntlm"]),
  new Option("--encrypt <how>", "TLS").choices(["strict", "mandatory", "optional"]),
  new Option("--trust-server-certificate", "take any certificate of the server: only on a network you trust"),
  new Option(
    "--ca-file <path>",
    "PEM file of the CA that issued the server's certificate, when it is not a public one",
  ),
];

export const managedInstanceOption = (): Option =>
  new Option("--managed-instance <id>", "Azure resource id of the managed instance")
    .makeOptionMandatory()
    .argParser((id: string) => {
      const problem = instanceIdProblem(id);
      if (problem !== undefined) throw new InvalidArgumentError(`It ${problem}.`);
      return id;
    });

/** A reference that is not read from a stack: there is none yet. */
function reference(text: string): string {
  if (credentialProblem(text) !== undefined || text.startsWith("config:"))
    throw new InvalidArgumentError("It must look like env:NAME or file:PATH.");
  return text;
}

/** The settings as a program has them: only what was given. */
export function settingsOf(options: SqlServerOptions): SqlServer {
  const { sqlServer: host, port, user, credential, authentication, encrypt, trustServerCertificate, caFile } = options;
  const given = { host, port, user, credential, authentication, encrypt, trustServerCertificate, caFile };
  const settings: SqlServer = JSON.parse(JSON.stringify(given));
  const problem = sqlServerProperty.check?.(settings);
  if (problem !== undefined)
    throw new VisibleError({ doing: "use these settings of the SQL Server", cause: `sqlServer ${problem}.` });
  return settings;
}

/** The servers as the provider reaches them. Azure's settings come from the environment: a command has no stack. */
export function contextOf(warn: (message: string) => void): Context {
  const { signal } = new AbortController();
  return newContext({
    signal,
    status: (message) => status(scrubOurs(message)),
    warn: (message) => warn(scrubOurs(message)),
    config: () => undefined,
  });
}
