import type { ResultSink, Session } from "../../tsql/host";
import { formatMessage } from "../../tsql/messages";
import { int, sysname } from "../../tsql/types";
import { logSpaceOf } from "../catalog/databases";
import { requireServerState } from "../permissions";
import type { Server } from "../server";

/** DBCC SQLPERF (LOGSPACE) shows the log of every database. */
export function logSpace(server: Server, session: Session, sink: ResultSink): void {
  requireServerState(server, session);
  const databases = [...server.instance.databases.values()];
  sink.columns([
    { name: "Database Name", type: sysname, nullable: true },
    { name: "Log Size (MB)", type: { name: "real" }, nullable: true },
    { name: "Log Space Used (%)", type: { name: "real" }, nullable: true },
    { name: "Status", type: int, nullable: true },
  ]);
  for (const database of databases) {
    const { total, used } = logSpaceOf(database);
    sink.row([database.name, total / 1024 / 1024, (used / total) * 100, 0]);
  }
  sink.statementEnd({ rowCount: databases.length, isSelect: true, failed: false });
  sink.info({ ...formatMessage(2528), number: 2528, state: 1, line: 0 });
}
