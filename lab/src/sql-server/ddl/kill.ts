import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { Kill } from "../../tsql/syntax/server-statement";
import { hasPermission } from "../permissions";
import type { Server } from "../server";
import { endSessionOf } from "../sessions";

/** The numbers below are the server's own tasks. */
const firstUserSession = 51;

/** Throws 6102, 6101, 6104, 6107, 6106. */
export function kill(server: Server, { session: id }: Kill, session: Session): void {
  if (!hasPermission(server, session, "ALTER ANY CONNECTION")) throw sqlError(6102);
  if (id < 1 || id > 32767) throw sqlError(6101, id, 32767);
  if (id === session.spid) throw sqlError(6104);
  if (id < firstUserSession) throw sqlError(6107);
  const open = server.sessions.get(id);
  if (!open) throw sqlError(6106, id);
  endSessionOf(server.sessions, open);
}
