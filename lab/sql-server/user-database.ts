import type { Session, UserDatabase } from "../tsql/host";
import { sqlError } from "../tsql/messages";
import { groupOf } from "./ddl/group-checks";
import { findByName } from "./names";
import { hasPermission } from "./permissions";
import { isSystemDatabase, type Server } from "./server";

/** A database's own tables, for whoever may open it. Throws 916, 927, 976. */
export function userDatabase(server: Server, name: string, session: Session): UserDatabase | undefined {
  const { instance } = server;
  const database = findByName(instance.databases, name);
  if (!database) return undefined;
  const isOwner = hasPermission(server, session, "CONTROL SERVER");
  const isOpenToAll = isSystemDatabase(name) && database.name !== "model";
  if (!isOwner && !isOpenToAll && !hasPermission(server, session, "CONNECT ANY DATABASE"))
    throw sqlError(916, session.login, database.name);
  if (database.state !== "ONLINE") throw sqlError(927, database.name);
  const group = groupOf(instance, database);
  const isSecondary = group?.role === "SECONDARY";
  const own = group?.replicas.find((replica) => replica.name.toLowerCase() === instance.name.toLowerCase());
  // 976: the secondary role allows no connections.
  if (isSecondary && own?.secondaryAllowConnections === "NO") throw sqlError(976, database.name);
  return { name: database.name, store: database.store, isReadOnly: database.isReadOnly || isSecondary, isOwner };
}
