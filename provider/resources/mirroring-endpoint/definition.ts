import { sameName } from "../../arguments/names";
import { type Endpoint, partsOf } from "../../sql-server/catalog/endpoint";
import { type Clause, clause, unmet, written } from "../../sql-server/clauses";
import { type Statement, sql } from "../../sql-server/tsql";

/** The arguments that become clauses of the endpoint. */
export interface Wanted {
  readonly state: "STARTED" | "STOPPED";
  readonly port: number;
  readonly certificateName: string;
  /** Where the endpoint is to be encrypted otherwise than by AES alone, or than it is when it is taken over. */
  readonly algorithm?: Algorithm;
}

/** The first is tried first. A link needs AES. */
export const algorithms = ["AES", "AES RC4", "RC4 AES"] as const;
export type Algorithm = (typeof algorithms)[number];

/** What an endpoint keeps that others use, or that was there before. */
export interface Kept {
  /** It goes on accepting what this one accepts. */
  readonly accepts?: Endpoint;
  /** It goes on listening on the address of this one. */
  readonly listens?: Endpoint;
}

/** The clauses of CREATE and ALTER ENDPOINT, in the three parts in which they are written. */
export interface Definition {
  readonly state: Clause;
  readonly tcp: readonly Clause[];
  readonly mirroring: readonly Clause[];
}

/** The clauses that a link needs, and of an endpoint that is not ours alone what it keeps. */
export function definitionOf(wanted: Wanted, found?: Endpoint, { accepts: kept, listens }: Kept = {}): Definition {
  const address = listens?.address ?? undefined;
  const authentication = authenticationFor(wanted, kept);
  return {
    state: clause(sql`STATE`, wanted.state === "STARTED" ? sql`STARTED` : sql`STOPPED`, found?.state),
    tcp: [
      clause(sql`LISTENER_PORT`, sql.int(wanted.port), found?.port),
      clause(
        sql`LISTENER_IP`,
        address ? listenerIp(address) : sql`ALL`,
        found && (found.address ?? "ALL"),
        (shown) => shown === (address ?? "ALL"),
      ),
    ],
    mirroring: [
      clause(sql`ROLE`, sql`ALL`, found?.role),
      clause(sql`AUTHENTICATION`, authentication, found && authenticationOf(found), (shown) =>
        sameName(shown, authentication.text),
      ),
      clause(sql`ENCRYPTION`, encryptionFor(wanted, kept), found && encryptionOf(found)),
    ],
  };
}

export const differs = ({ state, tcp, mirroring }: Definition): boolean =>
  unmet([state, ...tcp, ...mirroring]).length > 0;

/** What follows CREATE ENDPOINT and its name. */
export const whole = ({ state, tcp, mirroring }: Definition): Statement => sql`
    ${written([state])}
    AS TCP (${written(tcp)})
    FOR DATABASE_MIRRORING (${written(mirroring)})`;

/** What follows ALTER ENDPOINT and its name: the parts that differ. A part that is not named stays as it is. */
export function changed({ state, tcp, mirroring }: Definition): Statement {
  const isAny = (clauses: readonly Clause[]) => unmet(clauses).length > 0;
  return sql.list(
    [
      ...(isAny([state]) ? [written([state])] : []),
      ...(isAny(tcp) ? [sql`AS TCP (${written(tcp)})`] : []),
      ...(isAny(mirroring) ? [sql`FOR DATABASE_MIRRORING (${written(mirroring)})`] : []),
    ],
    " ",
  );
}

/** Puts back everything that may have been changed since it was found, but name and owner. */
export const restored = (before: Endpoint): Statement => sql`
    ${before.state === "STARTED" ? sql`STATE = STARTED` : before.state === "DISABLED" ? sql`STATE = DISABLED` : sql`STATE = STOPPED`}
    AS TCP (LISTENER_PORT = ${sql.int(before.port)}, LISTENER_IP = ${before.address ? listenerIp(before.address) : sql`ALL`})
    ${asFound(before)}`;

/** Puts back how it spoke to its partners. Port, address and state need not be: they do not change while somebody is connected. */
export function asFound({ role, authentication, isEncrypted, algorithm, certificateName }: Endpoint): Statement {
  const methods = partsOf(authentication).flatMap((method) =>
    method === "CERTIFICATE" ? [sql`CERTIFICATE ${sql.identifier(certificateName ?? "")}`] : statements([method]),
  );
  const algorithms = partsOf(algorithm);
  const mode = algorithms.includes("NONE") ? sql`SUPPORTED` : sql`REQUIRED`;
  return sql`FOR DATABASE_MIRRORING (
        ROLE = ${role === "PARTNER" ? sql`PARTNER` : role === "WITNESS" ? sql`WITNESS` : sql`ALL`},
        AUTHENTICATION = ${sql.list(methods, " ")},
        ENCRYPTION = ${isEncrypted ? sql`${mode} ALGORITHM ${sql.list(statements(algorithms), " ")}` : sql`DISABLED`}
    )`;
}

const words = {
  AES: sql`AES`,
  RC4: sql`RC4`,
  NTLM: sql`WINDOWS NTLM`,
  KERBEROS: sql`WINDOWS KERBEROS`,
  NEGOTIATE: sql`WINDOWS NEGOTIATE`,
} as const;

const statements = (shown: readonly string[]): Statement[] =>
  shown.flatMap((part) => (part in words ? [words[part as keyof typeof words]] : []));

function authenticationFor({ certificateName }: Wanted, kept: Endpoint | undefined): Statement {
  const certificate = sql`CERTIFICATE ${sql.identifier(certificateName)}`;
  const methods = partsOf(kept?.authentication ?? null);
  const at = methods.indexOf("CERTIFICATE");
  const [before, after] = at < 0 ? [methods, []] : [methods.slice(0, at), methods.slice(at)];
  return sql.list([...statements(before), certificate, ...statements(after)], " ");
}

function authenticationOf({ authentication, certificateName }: Endpoint): string {
  const certificate = certificateName === null ? "CERTIFICATE" : `CERTIFICATE ${sql.identifier(certificateName).text}`;
  const methods = partsOf(authentication).map((method) =>
    method === "CERTIFICATE" ? certificate : `WINDOWS ${method}`,
  );
  return methods.length === 0 ? "none" : methods.join(" ");
}

function encryptionFor({ algorithm }: Wanted, kept: Endpoint | undefined): Statement {
  const found = partsOf(kept?.algorithm ?? null);
  const mode = found.includes("NONE") ? sql`SUPPORTED` : sql`REQUIRED`;
  const all = algorithm?.split(" ") ?? (found.includes("AES") ? found : ["AES", ...found]);
  return sql`${mode} ALGORITHM ${sql.list(statements(all), " ")}`;
}

/** LISTENER_IP as ALTER ENDPOINT takes it: IPv4 in parentheses, IPv6 as a string in parentheses. */
const listenerIp = (address: string): Statement =>
  address.includes(":")
    ? sql`(${sql.string(address)})`
    : sql`(${sql.list(
        address.split(".").map((part) => sql.int(Number(part))),
        ".",
      )})`;

function encryptionOf({ isEncrypted, algorithm }: Endpoint): string {
  const algorithms = partsOf(algorithm);
  const named = algorithms.filter((each) => each !== "NONE");
  if (!isEncrypted || named.length === 0) return "DISABLED";
  return `${algorithms.includes("NONE") ? "SUPPORTED" : "REQUIRED"} ALGORITHM ${named.join(" ")}`;
}
