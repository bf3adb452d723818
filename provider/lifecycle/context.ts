import { type Config, resolveSecret, type SecretSource } from "../arguments/password";
import { complete, type SqlServer } from "../arguments/sql-server-settings";
import { type AzureAccess, azureAccess } from "../azure/client";
import type { VisibleError } from "../errors/visible-error";
import { remembers } from "../sql-server/catalog/former-name";
import { connect, type Sql } from "../sql-server/connection";
import { identify, nameObstacles, requireLinkSupport, requireRights } from "../sql-server/instance";
import type { Author } from "../sql-server/notes";
import { sqlServerSecret } from "./sql-server-secret";

/** The servers and the user, as a lifecycle reaches them in one operation. */
export interface Context {
  /** Ends at the operation's deadline or when the run is interrupted. */
  readonly signal: AbortSignal;
  /** A line beside the resource while it is worked on; gone afterwards. */
  status(message: string): void;
  /** A warning that stays: under the run's diagnostics, beside the resource where its urn is known. Never for secrets. */
  warn(message: string): void;
  /** A session on the instance. When `instanceId` is given and another instance answers, it is refused. */
  sql(server: SqlServer, instanceId?: string): Promise<Sql>;
  /** A session to look only: on whatever answers, with whatever rights. `until` stands in for the operation's signal. */
  look(server: SqlServer, until?: AbortSignal): Promise<Sql>;
  /** A password given as it is or as a reference. `purpose` completes "find the password ...". */
  secret(given: SecretSource, purpose: string): Promise<string>;
  readonly azure: AzureAccess;
  /** Signs notes on the server about what is made; undefined where notes are turned off. */
  readonly author?: Author | undefined;
  /** In a creation that replaces an object: the state of that one, which is still recorded. */
  readonly replaced?: Readonly<Record<string, unknown>> | undefined;
}

/** Makes the context of one operation; the process has one factory, so that all resource types share pools and tokens. */
export type ContextFactory = (operation: {
  signal: AbortSignal;
  status: (message: string) => void;
  warn: (message: string) => void;
  config: Config;
  /** What the operation is about, as the user knows it: the resource's name; its type and id in read and delete. */
  label?: string;
  /** The SQL Server's settings as recorded, where they may have changed. */
  before?: SqlServer | undefined;
  author?: Author | undefined;
  replaced?: Readonly<Record<string, unknown>> | undefined;
  /** Called when a server has another name than the recorded one. The user is warned of that, unless this throws. */
  renamed?: ((refusal: VisibleError) => void | Promise<void>) | undefined;
}) => Context;

const said = new Set<string>();

/** Servers that were proven to be the recorded ones under another name. Later in the run the proof may be gone. */
const proven = new Set<string>();

/** Connects a lifecycle, for one operation, with SQL Server, Azure and the user. All operations share connections and tokens. */
export const newContext: ContextFactory = ({
  signal,
  status,
  warn,
  config,
  label,
  before,
  renamed,
  author,
  replaced,
}): Context => {
  const open = async (settings: SqlServer, until = signal): Promise<Sql> => {
    const server = complete(settings);
    const secret = await sqlServerSecret(server, { config, signal: until, status });
    return await connect(server, secret, until, label);
  };

  /** Warns once in a run, beside the first resource that met it. */
  const warnOnce = (message: string): void => {
    if (!said.has(message)) warn(message);
    said.add(message);
  };

  /** Whether the recorded instance still answers at its old address: then the new one is a copy. */
  const answersElsewhere = async (instanceId: string, address: string): Promise<boolean> => {
    if (before === undefined) return false;
    try {
      const old = await open(before, AbortSignal.any([signal, AbortSignal.timeout(15_000)]));
      return old.address !== address && identify(old.instance, instanceId, old.address).kind === "same";
    } catch {
      return false;
    }
  };

  return {
    signal,
    status,
    warn,
    async sql(settings, instanceId) {
      const sql = await open(settings);
      requireRights(sql.instance, sql.address);
      // Only a new object needs an instance that supports links; what exists can be read and dropped on any.
      if (instanceId === undefined) {
        requireLinkSupport(sql.instance, sql.address);
        return sql;
      }
      const identity = identify(sql.instance, instanceId, sql.address);
      if (identity.kind === "renamed") {
        const { former, refusal, warning } = identity;
        if (await answersElsewhere(instanceId, sql.address)) throw refusal;
        const known = `${instanceId} ${sql.instance.id}`;
        if (former !== undefined && !proven.has(known) && !(await remembers(sql, former))) throw refusal;
        proven.add(known);
        await renamed?.(refusal);
        warnOnce(warning);
      }
      for (const { problem, remedy } of nameObstacles(sql.instance))
        warnOnce(`Of the SQL Server at ${sql.address} ${problem}. What runs goes on; to make anything new, ${remedy}`);
      return sql;
    },
    look: open,
    secret: (given, purpose) => resolveSecret(given, purpose, config),
    azure: azureAccess({ signal, status, config }),
    author,
    replaced,
  };
};
