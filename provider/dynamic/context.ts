import { azureAccess } from "../managed-instance/client";
import { connect, type Sql } from "../sql-server/connection";
import { resolveSecret } from "../sql-server/credential";
import { identify, nameObstacles, remembers, requireLinkSupport, requireRights } from "../sql-server/instance";
import { addressOf, complete, type SqlServer } from "../sql-server/server";
import type { ContextFactory } from "./handler";
import type { Context } from "./lifecycle";

const said = new Set<string>();

/** Servers that are known to be the recorded ones under another name: what proved it may be dropped later in the run. */
const proven = new Set<string>();

/** How a lifecycle reaches the world in one operation. Connections and tokens behind it are shared by the process. */
export const newContext: ContextFactory = ({ signal, status, warn, config, label, before, renamed }): Context => {
  const open = async (settings: SqlServer, until = signal): Promise<Sql> => {
    const server = complete(settings);
    const password = await resolveSecret(server, `of ${server.user} on ${addressOf(server)}`, config);
    return await connect(server, password, until, label);
  };

  /** Once in a run, beside the first resource that met it. */
  const warnOnce = (message: string): void => {
    if (!said.has(message)) warn(message);
    said.add(message);
  };

  /** Whether the recorded instance still answers at the address where it was. */
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
      // What exists already can be read and dropped on any instance; only a new object needs all that links need.
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
    secret: (given, purpose) => resolveSecret(given, purpose, config),
    azure: azureAccess({ signal, status, config }),
  };
};
