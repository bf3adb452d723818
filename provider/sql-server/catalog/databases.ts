import { backupPath } from "../backup-path";
import type { Sql } from "../connection";
import { byRunning, type Obstacle } from "../obstacle";
import { type Statement, sql } from "../tsql";

/** A database, with what decides whether a link can replicate it. */
export interface Database {
  readonly name: string;
  readonly state: string | null;
  readonly recoveryModel: string | null;
  readonly isReadOnly: boolean | null;
  readonly isAutoClose: boolean | null;
  /** Is a replica of an availability group. */
  readonly isInGroup: boolean;
  /** Text, because the driver rounds numeric(25,0). null: no full backup since the model became FULL, so no log chain. */
  readonly lastLogBackupLsn: string | null;
}

export async function findDatabase(server: Sql, name: string): Promise<Database | undefined> {
  const [row] = await server.query<Database>(
    `look for the database ${name}`,
    databasesWhere(sql`d.name = ${sql.string(name)}`),
  );
  return row;
}

/** `condition`: of `d`, the row of sys.databases. */
export const databasesWhere = (condition: Statement): Statement =>
  sql`SELECT d.name, d.state_desc AS state, d.recovery_model_desc AS recoveryModel, d.is_read_only AS isReadOnly,
      d.is_auto_close_on AS isAutoClose,
      CONVERT(bit, CASE WHEN d.replica_id IS NULL THEN 0 ELSE 1 END) AS isInGroup, CONVERT(varchar(30), r.last_log_backup_lsn) AS lastLogBackupLsn
    FROM sys.databases d
    LEFT JOIN sys.database_recovery_status r ON r.database_id = d.database_id
    WHERE ${condition}`;

export function missingDatabase(name: string, code: number): Obstacle {
  return {
    code,
    problem: `there is no database ${name}`,
    remedy: "check databaseName; what is there: SELECT name FROM sys.databases",
  };
}

/** Why a group cannot take the database, whether or not its log is backed up. */
export function databaseObstacles({ name, state, isReadOnly, isAutoClose }: Database): Obstacle[] {
  const alter = sql`ALTER DATABASE ${sql.identifier(name)}`;
  const toOnline: Readonly<Record<string, Pick<Obstacle, "remedy" | "statements">>> = {
    OFFLINE: byRunning("bring it online: ", sql`${alter} SET ONLINE`),
    // Log shipping and mirroring keep it so on purpose, and end with that statement: a human has to know.
    RESTORING: {
      remedy: `if nothing is restored into it any more, as log shipping and mirroring do, finish its restore: ${sql`RESTORE DATABASE ${sql.identifier(name)} WITH RECOVERY`.text}`,
    },
    RECOVERING: { remedy: "wait until its recovery has ended" },
  };
  return [
    ...(state === "ONLINE"
      ? []
      : [
          {
            code: 1467,
            problem: `the database ${name} is ${state ?? "in no known state"}`,
            ...(toOnline[state ?? ""] ?? {
              remedy: "see the error log for what keeps it from coming online, and repair it first",
            }),
          },
        ]),
    ...(isReadOnly
      ? [
          {
            code: 1466,
            problem: `the database ${name} is read-only`,
            ...byRunning("", sql`${alter} SET READ_WRITE`),
          },
        ]
      : []),
    ...(isAutoClose
      ? [
          {
            code: 1469,
            problem: `the database ${name} closes automatically (AUTO_CLOSE)`,
            ...byRunning("", sql`${alter} SET AUTO_CLOSE OFF`),
          },
        ]
      : []),
  ];
}

/** Why a group cannot take the database for want of log backups: FullRecoveryDatabase sets this right, where it is used. */
export function logChainObstacles({ name, recoveryModel, lastLogBackupLsn }: Database): Obstacle[] {
  const database = sql.identifier(name);
  const obstacles: Obstacle[] = [];
  if (recoveryModel !== "FULL") {
    obstacles.push({
      code: 1465,
      problem: `the recovery model of the database ${name} is ${recoveryModel}, not FULL`,
      ...byRunning("use FullRecoveryDatabase for it, or: ", sql`ALTER DATABASE ${database} SET RECOVERY FULL`),
    });
  }
  if (recoveryModel !== "FULL" || lastLogBackupLsn === null) {
    obstacles.push({
      code: 1475,
      problem: `the database ${name} has no full backup that a log chain starts from (copy-only ones do not count)`,
      ...byRunning(
        "use FullRecoveryDatabase for it, or: ",
        sql`BACKUP DATABASE ${database} TO DISK = ${sql.string(backupPath(undefined, name))} WITH CHECKSUM`,
      ),
    });
  }
  return obstacles;
}
