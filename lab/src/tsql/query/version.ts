import type { Session } from "../host";

/** The session's version of SQL Server: 13 is 2016, 16 is 2022. A server that does not say has the latest. */
export const majorVersion = (session: Session): number =>
  Number(session.host.globalVariable("@@MICROSOFTVERSION", session)?.value ?? 17 << 24) >> 24;
