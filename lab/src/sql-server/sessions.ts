import type { ClientConnection, TdsSession } from "../tds/contract";

/** A connection that has logged in, as sys.dm_exec_sessions and its companions show it. */
export interface OpenSession {
  readonly session: TdsSession;
  readonly connected: Date;
  readonly connectionId: string;
  readonly client: ClientConnection;
  /** The request that runs, or the last one. */
  request?: { readonly text: string; readonly start: Date; end?: Date };
}

export type Sessions = Map<number, OpenSession>;

/** The ids below belong to the server's own tasks. */
const firstUserSession = 51;

/** KILL ends a session at once, though its connection takes a moment to notice. */
export function endSessionOf(sessions: Sessions, { session, client }: OpenSession): void {
  sessions.delete(session.spid);
  client.disconnect();
}

/** The server gives out the lowest number that is free. */
export function nextSessionId(sessions: Sessions): number {
  let id = firstUserSession;
  while (sessions.has(id)) id++;
  return id;
}
