import { sameName } from "../../arguments/names";
import { adviceFor } from "../../errors/catalogue";
import { databaseObstacles } from "../../sql-server/catalog/databases";
import { sql } from "../../sql-server/tsql";
import type { Looked } from "./looked-link";
import type { Problem } from "./status-data";

export function databaseProblems(link: Looked): Problem[] {
  const { server, serverName, local, copies, primary } = link;
  if (!server?.databases || !local) return [];
  const databases = server.databases.filter(({ groupName }) => sameName(groupName, local.name));
  if (databases.length === 0)
    return [
      {
        level: "error",
        what: `the availability group ${local.name} of ${serverName} has no database`,
        code: 47522,
        cause: "somebody took the database out of the group, or dropped it.",
        remedy:
          "the link does not replicate any more and has to be made again: pulumi refresh, then pulumi up; the copy on the managed instance keeps what it has.",
      },
    ];
  const absent = databases.filter(({ state }) => state === null);
  const offline = databases.flatMap(({ databaseName, state }) =>
    state === null || state === "ONLINE" || primary === "managed instance"
      ? []
      : databaseObstacles({
          name: databaseName,
          state,
          recoveryModel: null,
          isReadOnly: false,
          isAutoClose: false,
          isInGroup: true,
          lastLogBackupLsn: null,
        }),
  );
  const suspended = copies.filter(({ isSuspended }) => isSuspended);
  return [
    ...absent.map(
      ({ databaseName }): Problem => ({
        level: "error",
        what: `the database ${databaseName} is not on ${serverName} any more`,
        code: 911,
        cause: "somebody dropped it.",
        remedy: "restore it from a backup; then the link has to be made again: pulumi refresh, then pulumi up.",
      }),
    ),
    ...offline.map(
      ({ problem, remedy, code }): Problem => ({ level: "error", what: `on ${serverName} ${problem}`, code, remedy }),
    ),
    ...[...new Map(suspended.map((copy) => [copy.databaseName, copy])).values()].map(
      ({ databaseName, suspendReason }): Problem => ({
        level: "error",
        what: `the data movement of the database ${databaseName} is suspended on ${serverName}${suspendReason === null ? "" : ` (${suspendReason})`}`,
        cause:
          suspendReason === null || suspendReason === "SUSPEND_FROM_USER"
            ? "somebody suspended it; SQL Server keeps its log until it goes on."
            : "SQL Server suspended it; its error log has why: EXEC sp_readerrorlog",
        remedy: sql`ALTER DATABASE ${sql.identifier(databaseName ?? "")} SET HADR RESUME`.text,
      }),
    ),
    ...ofSeeding(link, databases),
  ];
}

function ofSeeding(
  { server, connected, serverName }: Looked,
  databases: readonly { readonly databaseName: string }[],
): Problem[] {
  if (connected === true) return [];
  const isOfLink = ({ databaseName }: { readonly databaseName: string }) =>
    databases.some((database) => sameName(database.databaseName, databaseName));
  return (server?.seedings?.failed ?? []).filter(isOfLink).map(({ databaseName, reason, code, attempt }) => ({
    level: "error",
    what: `the copy of the database ${databaseName} from ${serverName} failed at attempt ${attempt}: ${reason}`,
    code,
    ...(adviceFor(code === undefined ? [] : [code]) ?? {
      cause: "the first copy of a database does not survive an interruption.",
      remedy: "see the error logs of both sides: EXEC sp_readerrorlog; pulumi up begins again.",
    }),
  }));
}
