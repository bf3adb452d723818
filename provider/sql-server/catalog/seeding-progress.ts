import type { Sql } from "../connection";
import { sql } from "../tsql";
import { numberOrNull } from "./replica-states";

/** The first copy of a database to another replica, while it runs or where it failed last. */
export interface SeedingProgress {
  readonly databaseName: string;
  /** How often it has begun; undefined where SQL Server does not tell. */
  readonly attempt?: number;
  readonly transferredBytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond: number;
  /** By SQL Server's own estimate, or by the rate. Too late where the transfer is compressed. */
  readonly secondsLeft?: number;
}

export interface FailedSeeding {
  readonly databaseName: string;
  /** failure_state_desc */
  readonly reason: string;
  /** The number of an error of SQL Server, where one is behind it. */
  readonly code?: number;
  readonly attempt: number;
}

/** The view's page spells `transfered_size_bytes`, the queries that Microsoft ships do not: so all columns are asked for. */
interface PhysicalRow {
  readonly local_physical_seeding_id: string;
  readonly local_database_name: string;
  readonly role_desc: string | null;
  readonly transfer_rate_bytes_per_second: string | null;
  readonly transferred_size_bytes?: string | null;
  readonly transfered_size_bytes?: string | null;
  readonly database_size_bytes: string | null;
  readonly end_time_utc: Date | null;
}

interface AttemptRow {
  readonly operationId: string | null;
  readonly databaseName: string | null;
  readonly startedAt: Date;
  readonly completedAt: Date | null;
  readonly failure: string | null;
  readonly code: number | null;
  readonly attempts: number | null;
}

/** All copies that run, and those whose last attempt failed, by two questions. */
export async function seedings(
  server: Sql,
): Promise<{ readonly running: readonly SeedingProgress[]; readonly failed: readonly FailedSeeding[] }> {
  const physical = await server.query<PhysicalRow>(
    "read how far databases are copied",
    sql`SELECT * FROM sys.dm_hadr_physical_seeding_stats`,
  );
  const attempts = await server.query<AttemptRow>(
    "read the attempts to copy databases",
    sql`SELECT CONVERT(nvarchar(36), a.operation_id) AS operationId, d.database_name AS databaseName, a.start_time AS startedAt,
      a.completion_time AS completedAt, a.failure_state_desc AS failure, a.error_code AS code, a.number_of_attempts AS attempts
    FROM sys.dm_hadr_automatic_seeding a
    LEFT JOIN sys.availability_databases_cluster d ON d.group_database_id = a.ag_db_id`,
  );
  const running = physical.flatMap((row): SeedingProgress[] => {
    const totalBytes = Number(row.database_size_bytes ?? 0);
    if (row.end_time_utc !== null || totalBytes === 0) return [];
    const transferredBytes = Number(row.transferred_size_bytes ?? row.transfered_size_bytes ?? 0);
    const bytesPerSecond = numberOrNull(row.transfer_rate_bytes_per_second) ?? 0;
    const id = row.local_physical_seeding_id.toLowerCase();
    return [
      {
        databaseName: row.local_database_name,
        attempt: attempts.find(({ operationId }) => operationId?.toLowerCase() === id)?.attempts ?? undefined,
        transferredBytes,
        totalBytes,
        bytesPerSecond,
        secondsLeft:
          bytesPerSecond > 0 ? Math.max(0, Math.ceil((totalBytes - transferredBytes) / bytesPerSecond)) : undefined,
      },
    ];
  });
  const known = attempts.filter(({ databaseName }) => databaseName !== null);
  const failed = [...Map.groupBy(known, ({ databaseName }) => databaseName ?? "")].flatMap(([databaseName, all]) => {
    const [last] = all.toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
    if (!last?.failure || last.completedAt === null) return [];
    return [{ databaseName, reason: last.failure, code: last.code || undefined, attempt: last.attempts ?? 1 }];
  });
  return { running, failed };
}
