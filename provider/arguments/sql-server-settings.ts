import { isDeepStrictEqual } from "node:util";
import { didYouMean } from "./did-you-mean";
import { withBrackets, withoutBrackets } from "./host";
import { isPort, wordProblem } from "./kinds";
import { credentialProblem } from "./password";
import type { Property } from "./property";
import { type Authentication, authenticationProblems, authentications, principalIn } from "./sql-server-authentication";

/** How to reach an instance of SQL Server, as the program says it and the state keeps it. */
export interface SqlServer {
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly credential?: string;
  readonly authentication?: Authentication;
  readonly tenantId?: string;
  readonly clientId?: string;
  readonly encrypt?: "strict" | "mandatory" | "optional";
  readonly trustServerCertificate?: boolean;
  readonly caFile?: string;
}

const defaults = {
  port: 1433,
  authentication: "SqlPassword",
  encrypt: "mandatory",
  trustServerCertificate: false,
} as const;

/** The settings with all defaults. States hold them without, as they hold them twice for each resource (inputs, outputs). */
export type CompleteSqlServer = SqlServer & Required<Pick<SqlServer, keyof typeof defaults>>;

export const complete = (server: SqlServer): CompleteSqlServer => ({ ...defaults, ...server });

/** Host and port in one. */
export const addressOf = ({ host, port }: CompleteSqlServer): string => `${withBrackets(host)}:${port}`;

/** Completes "Could not ...". */
export const connecting = (server: CompleteSqlServer): string =>
  `connect to SQL Server at ${addressOf(server)} as ${principalIn(server)}`;

const texts = ["host", "user", "password", "credential", "authentication", "tenantId", "clientId", "encrypt", "caFile"];
export const settingNames: readonly string[] = [...texts, "port", "trustServerCertificate"];

/**
 * The `sqlServer` argument that every resource on a SQL Server has. Changing it never replaces a resource: that belongs to
 * the instance (`Instance.id`), and these settings only say how to reach it.
 */
export const sqlServerProperty: Property<SqlServer> = {
  type: "object",
  required: true,
  onChange: "update",
  secret: true,
  check(value) {
    const server: Readonly<Record<string, unknown>> = { ...value };
    const problems = Object.keys(server).flatMap((name) =>
      settingNames.includes(name) ? [] : [`${name} is not one of its settings${didYouMean(name, settingNames)}`],
    );
    for (const name of texts) {
      if (server[name] !== undefined && typeof server[name] !== "string") problems.push(`${name} must be a string`);
    }
    problems.push(...problemsOf(value));
    return problems.length === 0 ? undefined : `has a problem: ${problems.join("; ")}`;
  },
  canonical: (server) => ({ ...server, host: withoutBrackets(server.host) }),
  same: (a, b) => isDeepStrictEqual(complete(a), complete(b)),
};

function problemsOf(server: SqlServer): string[] {
  const { host, port, credential, authentication = defaults.authentication, encrypt } = server;
  const problems: string[] = [];
  const tell = (name: string, value: string | undefined, check: (value: string) => string | undefined): void => {
    const problem = value === undefined ? undefined : check(value);
    if (problem !== undefined) problems.push(`${name} ${problem}`);
  };
  if (!host) problems.push("host is required: a DNS name or an address");
  else if (/[\\,:\s]/.test(host) && !/^[0-9a-f:.]+$/i.test(withoutBrackets(host))) {
    problems.push(
      `host ${JSON.stringify(host)} must be a DNS name or an address alone (a named instance is reached by its port: host and port)`,
    );
  }
  if (port !== undefined && !isPort(port)) problems.push("port must be 1 to 65535");
  tell("credential", credential, credentialProblem);
  problems.push(...authenticationProblems(server, authentication));
  tell("authentication", authentication, (word) => wordProblem(authentications, word));
  tell("encrypt", encrypt, (word) => wordProblem(["strict", "mandatory", "optional"], word));
  return problems;
}
