import type { ResultSink, Session } from "../../tsql/host";
import { formatMessage, sqlError } from "../../tsql/messages";
import type { Restore } from "../../tsql/syntax/restore";
import { backupHeader } from "../catalog/backup-files";
import type { BackupRecord } from "../model";
import { hasPermission } from "../permissions";
import { consequence, labRefusal } from "../refusals";
import type { Server } from "../server";

/** Shows what a backup's file holds, or that it can be read; a database is never restored. */
export function restore(server: Server, statement: Restore, session: Session, sink: ResultSink): void {
  const { what, disk, file } = statement;
  const verb =
    what === "DATABASE" || what === "LOG"
      ? `RESTORE ${what}`
      : what === "VERIFYONLY"
        ? "VERIFY DATABASE"
        : `RESTORE ${what}`;
  if (!hasPermission(server, session, "CREATE ANY DATABASE"))
    throw consequence(sqlError(262, "CREATE DATABASE", "master"), 3013, verb);
  const backups = backupsIn(server, disk);
  if (backups.length === 0)
    throw consequence(sqlError(3201, disk, "2(The system cannot find the file specified.)"), 3013, verb);
  if (what === "DATABASE" || what === "LOG")
    throw labRefusal("Backups of the lab are written nowhere: a restore is not possible");
  const chosen = backups.find(({ position }) => position === file);
  if (!chosen) throw consequence(sqlError(4038, file, disk), 3013, verb);
  if (what === "VERIFYONLY") {
    sink.info({ ...formatMessage(3262, file), number: 3262, state: 1, line: 0 });
    return;
  }
  const table = backupHeader[what](server, what === "HEADERONLY" ? backups : [chosen]);
  const rows = [...table.rows()];
  sink.columns(table.columns);
  for (const row of rows) sink.row(row);
  sink.statementEnd({ rowCount: rows.length, isSelect: true, failed: false });
}

/** The backups in the file since it was last begun anew. */
function backupsIn({ instance }: Server, disk: string): BackupRecord[] {
  const all = instance.backups.filter((backup) => backup.disk.toLowerCase() === disk.toLowerCase());
  return all.slice(
    Math.max(
      0,
      all.findLastIndex(({ position }) => position === 1),
    ),
  );
}
