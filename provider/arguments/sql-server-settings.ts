import { isIPv6 } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { didYouMean } from "./did-you-mean";
import type { Property } from "./property";

/** How to reach an instance of SQL Server, as the program says it and the state keeps it. */
export interface SqlServer {
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly credential?: string;
  readonly authentication?: "SqlPassword" | "Ntlm";
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

/** Host and port in one; an IPv6 address stands in brackets. */
export const addressOf = ({ host, port }: CompleteSqlServer): string => `${isIPv6(host) ? `[${host}]` : host}:${port}`;

const texts = ["host", "user", "password", "credential", "authentication", "encrypt", "caFile"];
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
    const server = value as unknown as Record<string, unknown>;
    const problems = Object.keys(server).flatMap((name) =>
      settingNames.includes(name) ? [] : [`${name} is not one of its settings${didYouMean(name, settingNames)}`],
    );
    for (const name of texts) {
      if (server[name] !== undefined && typeof server[name] !== "string") problems.push(`${name} must be a string`);
    }
    problems.push(...problemsOf(value));
    return problems.length === 0 ? undefined : `has a problem: ${problems.join("; ")}`;
  },
  canonical: (server) =>
    typeof server.host === "string" && server.host.startsWith("[") ? { ...server, host: bare(server.host) } : server,
  same: (a, b) => isDeepStrictEqual(complete(a), complete(b)),
};

/** An IPv6 address may be given as a URL has it. */
function bare(host: string): string {
  const inside = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  return isIPv6(inside) ? inside : host;
}

function problemsOf({ host, port, user, password, credential, authentication, encrypt }: SqlServer): string[] {
  const problems: string[] = [];
  if (!host) problems.push("host is required: a DNS name or an address");
  else if (/[\\,:\s]/.test(host) && !/^[0-9a-f:.]+$/i.test(bare(host))) {
    problems.push(
      `host ${JSON.stringify(host)} must be a DNS name or an address alone (a named instance is reached by its port: host and port)`,
    );
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65535))
    problems.push("port must be 1 to 65535");
  if (password !== undefined && credential !== undefined) problems.push("give password or credential, not both");
  if (password === undefined && credential === undefined)
    problems.push("password or credential (env:NAME, file:PATH or config:KEY) is required");
  if (credential !== undefined && !/^(env|file|config):.+/s.test(credential))
    problems.push("credential must look like env:NAME, file:PATH or config:KEY");
  if (!user) problems.push("user is required");
  if (authentication === "Ntlm" && user !== undefined && !/^[^\\]+\\[^\\]+$/.test(user))
    problems.push("user must be DOMAIN\\user with Ntlm");
  if (authentication !== undefined && !["SqlPassword", "Ntlm"].includes(authentication))
    problems.push('authentication must be "SqlPassword" or "Ntlm"');
  if (encrypt !== undefined && !["strict", "mandatory", "optional"].includes(encrypt))
    problems.push('encrypt must be "strict", "mandatory" or "optional"');
  return problems;
}
