import { azureAccess } from "../managed-instance/client";
import { connect } from "../sql-server/connection";
import { resolveSecret } from "../sql-server/credential";
import { requireLinkSupport, requireRights, requireSameInstance } from "../sql-server/instance";
import { addressOf, complete } from "../sql-server/server";
import type { ContextFactory } from "./handler";
import type { Context } from "./lifecycle";

/** How a lifecycle reaches the world in one operation. Connections and tokens behind it are shared by the process. */
export const newContext: ContextFactory = ({ signal, status, warn, config, label }): Context => {
  return {
    signal,
    status,
    warn,
    async sql(settings, instanceId) {
      const server = complete(settings);
      const password = await resolveSecret(server, `of ${server.user} on ${addressOf(server)}`, config);
      const sql = await connect(server, password, signal, label);
      requireRights(sql.instance, sql.address);
      // What exists already can be read and dropped on any instance; only a new object needs all that links need.
      if (instanceId === undefined) requireLinkSupport(sql.instance, sql.address);
      else requireSameInstance(sql.instance, instanceId, sql.address);
      return sql;
    },
    secret: (given, purpose) => resolveSecret(given, purpose, config),
    azure: azureAccess({ signal, status, config }),
  };
};
