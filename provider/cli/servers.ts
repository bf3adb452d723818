import { InvalidArgumentError, Option } from "commander";
import { instanceIdProblem } from "../arguments/managed-instance-id";
import { credentialProblem, schemeOf } from "../arguments/password";
import { authentications } from "../arguments/sql-server-authentication";
import { type SqlServer, sqlServerProperty } from "../arguments/sql-server-settings";
import { scrubOurs } from "../errors/secrets";
import { type Context, newContext } from "../lifecycle/context";
import { givenBy, inWordsOf, type OptionNames, problemInOptionWords, WrongCommandLine } from "./option-words";
import { status } from "./output";

/** The options by which every command reaches a SQL Server: the settings of the same names. */
export interface SqlServerOptions extends Omit<SqlServer, "host" | "password"> {
  readonly sqlServer: string;
}

export const sqlServerOptions: readonly Option[] = [
  new Option(
    "--sql-server <host>",
    "DNS name or address of the SQL Server, as this machine reaches it",
  ).makeOptionMandatory(),
  new Option("--port <number>", "its TCP port (default: 1433)").argParser(portNumber),
  new Option("--user <login>", "login, a member of sysadmin"),
  new Option(
    "--credential <reference>",
    "where its password is, env:NAME or file:PATH (default: env:SQL_SERVER_PASSWORD where a password is needed)",
  ).argParser(reference),
  new Option("--authentication <kind>", "how it signs in (default: SqlPassword)").choices(authentications),
  new Option("--tenant-id <id>", "tenant of the application, with EntraServicePrincipal"),
  new Option("--client-id <id>", "the application, or the managed identity"),
  new Option("--encrypt <how>", "TLS (default: mandatory)").choices(["strict", "mandatory", "optional"]),
  new Option("--trust-server-certificate", "take any certificate of the server: only on a network you trust"),
  new Option(
    "--ca-file <path>",
    "PEM file of the CA that issued the server's certificate, when it is not a public one",
  ),
];

export const managedInstanceOption = (): Option =>
  new Option("--managed-instance <id>", "Azure resource id of the managed instance")
    .makeOptionMandatory()
    .argParser(instanceId);

/** For commands that look at what they are told of, be that a server, instances, or both. */
export const optionalServerOptions = (): readonly Option[] => [
  ...sqlServerOptions.map((option) => (option.mandatory ? new Option(option.flags, option.description) : option)),
  new Option("--managed-instance <id...>", "Azure resource ids of managed instances").argParser(
    (id: string, before: readonly string[] | undefined) => [...(before ?? []), instanceId(id)],
  ),
];

function instanceId(id: string): string {
  const problem = instanceIdProblem(id);
  if (problem !== undefined) throw new InvalidArgumentError(`It ${problem}.`);
  return id;
}

/** Which ports may be is for the settings to say. */
export function portNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("It must be a port number.");
  return Number(text);
}

/** A reference that is not read from a stack: there is none yet. */
export function reference(text: string): string {
  if (credentialProblem(text) !== undefined || schemeOf(text) === "config")
    throw new InvalidArgumentError("It must look like env:NAME or file:PATH.");
  return text;
}

const namesOfOptions: OptionNames = {
  host: "--sql-server",
  port: "--port",
  user: "--user",
  credential: "--credential",
  authentication: "--authentication",
  tenantId: "--tenant-id",
  clientId: "--client-id",
  encrypt: "--encrypt",
  trustServerCertificate: "--trust-server-certificate",
  caFile: "--ca-file",
};

/** The settings as a program has them: only what was given. */
export function settingsOf(options: SqlServerOptions, names: OptionNames = namesOfOptions): SqlServer {
  const { sqlServer: host, port, user, authentication, tenantId, clientId } = options;
  const { credential = usualCredential(authentication), encrypt, trustServerCertificate, caFile } = options;
  const given = { host, port, user, credential, authentication, tenantId, clientId, encrypt, trustServerCertificate };
  const settings: SqlServer = JSON.parse(JSON.stringify({ ...given, caFile }));
  const problem = sqlServerProperty.check?.(settings);
  if (problem !== undefined)
    throw new WrongCommandLine({
      doing: `use what the command line says of ${host}`,
      cause: `${problemInOptionWords(problem, names)}.`,
      remedy: "mend the command line: mi-link <command> --help tells its options.",
    });
  return givenBy(names, settings);
}

const usualCredential = (authentication: SqlServer["authentication"] = "SqlPassword"): string | undefined =>
  authentication === "SqlPassword" || authentication === "Ntlm" ? "env:SQL_SERVER_PASSWORD" : undefined;

/** The servers as the provider reaches them. Azure's settings come from the environment: a command has no stack. */
export function contextOf(
  warn: (message: string) => void,
  { signal }: { readonly signal: AbortSignal } = new AbortController(),
): Context {
  const context = newContext({
    signal,
    status: (message) => status(scrubOurs(message)),
    warn: (message) => warn(scrubOurs(message)),
    config: () => undefined,
  });
  return {
    ...context,
    sql: (settings, id) => inWordsOf(settings, () => context.sql(settings, id)),
    look: (settings, until) => inWordsOf(settings, () => context.look(settings, until)),
  };
}
