import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { AlterDatabaseSet } from "../../tsql/syntax/database";
import { othersIn } from "../database-access";
import type { Database } from "../model";
import type { Server } from "../server";
import { endSessionOf } from "../sessions";

/** Options that are ON or OFF and change nothing but what sys.databases shows, with the columns' names. */
export const switches: Readonly<Record<string, string>> = {
  AUTO_SHRINK: "is_auto_shrink_on",
  AUTO_CREATE_STATISTICS: "is_auto_create_stats_on",
  AUTO_UPDATE_STATISTICS: "is_auto_update_stats_on",
  AUTO_UPDATE_STATISTICS_ASYNC: "is_auto_update_stats_async_on",
  ANSI_NULL_DEFAULT: "is_ansi_null_default_on",
  ANSI_NULLS: "is_ansi_nulls_on",
  ANSI_PADDING: "is_ansi_padding_on",
  ANSI_WARNINGS: "is_ansi_warnings_on",
  ARITHABORT: "is_arithabort_on",
  CONCAT_NULL_YIELDS_NULL: "is_concat_null_yields_null_on",
  NUMERIC_ROUNDABORT: "is_numeric_roundabort_on",
  QUOTED_IDENTIFIER: "is_quoted_identifier_on",
  RECURSIVE_TRIGGERS: "is_recursive_triggers_on",
  CURSOR_CLOSE_ON_COMMIT: "is_cursor_close_on_commit_on",
  TRUSTWORTHY: "is_trustworthy_on",
  DB_CHAINING: "is_db_chaining_on",
  DATE_CORRELATION_OPTIMIZATION: "is_date_correlation_on",
  QUERY_STORE: "is_query_store_on",
  ACCELERATED_DATABASE_RECOVERY: "is_accelerated_database_recovery_on",
  MEMORY_OPTIMIZED_ELEVATE_TO_SNAPSHOT: "is_memory_optimized_elevate_to_snapshot_on",
  TEMPORAL_HISTORY_RETENTION: "is_temporal_history_retention_enabled",
};

const levels = { 2016: 130, 2017: 140, 2019: 150, 2022: 160, 2025: 170 } as const;

/** Sets a level from 100 to the version's own. */
export function setCompatibilityLevel({ instance }: Server, database: Database, value: string): void {
  const newest = levels[instance.majorVersion];
  const level = Number(value);
  if (level < 100 || level > newest || level % 10 !== 0) throw sqlError(15048, validLevels(newest));
  database.compatibilityLevel = level;
}

function validLevels(newest: number): string {
  const all = Array.from({ length: (newest - 100) / 10 + 1 }, (_, index) => String(100 + index * 10));
  return `${all.slice(0, -1).join(", ")}, or ${all.at(-1)}`;
}

/** WITH ROLLBACK ends the sessions that are in the way. Without it the lab refuses at once (5061) and does not wait for them. */
export function setAccess(
  server: Server,
  database: Database,
  { option, isRollback }: AlterDatabaseSet,
  session: Session,
): void {
  const others = othersIn(server, database, session);
  const needsAll = option === "SINGLE_USER" || option === "OFFLINE";
  if (needsAll && others.length > 0 && !isRollback) throw sqlError(5061, database.name);
  if (isRollback) for (const other of others) endSessionOf(server.sessions, other);
  if (option === "SINGLE_USER" || option === "MULTI_USER" || option === "RESTRICTED_USER") database.userAccess = option;
  else if (option === "ONLINE" || option === "OFFLINE" || option === "EMERGENCY") database.state = option;
}
