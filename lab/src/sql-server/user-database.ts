import type { Session, UserDatabase } from "../tsql/host";
import { sqlError } from "../tsql/messages";
import { refusedAccess } from "./database-access";
import { isOwner } from "./database-permissions";
import { groupOf } from "./ddl/group-checks";
import { findByName, goesBy } from "./names";
import type { Server } from "./server";

/** A database's own tables, for whoever may open it. Throws what refuses it, and 976. */
export function userDatabase(server: Server, name: string, session: Session): UserDatabase | undefined {
  const { instance } = server;
  const database = findByName(instance.databases, name);
  if (!database) return undefined;
  const refused = refusedAccess(server, database, session);
  if (refused) throw refused;
  const group = groupOf(instance, database);
  const isSecondary = group?.role === "SECONDARY";
  const own = group?.replicas.find((replica) => goesBy(instance, replica.name));
  // 976: the secondary role allows no connections.
  if (isSecondary && own?.secondaryAllowConnections === "NO") throw sqlError(976, database.name);
  return {
    name: database.name,
    store: database.store,
    isReadOnly: database.isReadOnly || isSecondary || database.state === "EMERGENCY",
    isOwner: isOwner(server, session, database),
  };
}
