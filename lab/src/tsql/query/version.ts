import type { Session } from "../host";

/** 13 for SQL Server 2016, 16 for 2022; a server that does not say it is the latest. */
export const majorVersion = (session: Session): number =>
  Number(session.host.globalVariable("@@MICROSOFTVERSION", session)?.value ?? 17 << 24) >> 24;
