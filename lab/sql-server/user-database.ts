import type { Session, UserDatabase } from "../tsql/host";
import { sqlError } from "../tsql/messages";
import { databaseUser, mayInDatabase } from "./database-permissions";
import { groupOf } from "./ddl/group-checks";
import { findByName } from "./names";
import type { Server } from "./server";

/** A database's own tables, for whoever may open it. Throws 916, 927, 976. */
export function userDatabase(server: Server, name: string, session: Session): UserDatabase | undefined {
  const { instance } = server;
  const database = findByName(instance.databases, name);
  if (!database) return undefined;
  if (!databaseUser(server, database, session)) throw sqlError(916, session.login, database.name);
  const isOwner = mayInDatabase(server, session, "CONTROL", database);
  if (database.state !== "ONLINE") throw sqlError(927, database.name);
  const group = groupOf(instance, database);
  const isSecondary = group?.role === "SECONDARY";
  const own = group?.replicas.find((replica) => replica.name.toLowerCase() === instance.name.toLowerCase());
  // 976: the secondary role allows no connections.
  if (isSecondary && own?.secondaryAllowConnections === "NO") throw sqlError(976, database.name);
  return {
    name: database.name,
    store: database.store,
    isReadOnly: database.isReadOnly || isSecondary,
    isOwner,
    may: (permission, object) => mayInDatabase(server, session, permission, database, object),
  };
}
