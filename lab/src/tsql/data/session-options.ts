import type { Session } from "../host";

/** The isolation levels by their numbers: READ UNCOMMITTED is 1. */
export const isolationLevels = [
  undefined,
  "READ UNCOMMITTED",
  "READ COMMITTED",
  "REPEATABLE READ",
  "SERIALIZABLE",
  "SNAPSHOT",
] as const;

/** The lab locks whole tables and has no versions of rows: it takes no level that would need more. */
export const isSpokenLevel = (level: string): boolean => level === "READ UNCOMMITTED" || level === "READ COMMITTED";

type Options = Pick<Session, "options">;

/** The settings of a client that asks for none: drivers log in as ODBC does, with the settings of the standard. */
const defaults: Readonly<Record<string, string>> = {
  ANSI_NULL_DFLT_ON: "ON",
  ANSI_NULLS: "ON",
  ANSI_PADDING: "ON",
  ANSI_WARNINGS: "ON",
  CONCAT_NULL_YIELDS_NULL: "ON",
  DATEFIRST: "7",
  DATEFORMAT: "mdy",
  DEADLOCK_PRIORITY: "NORMAL",
  LANGUAGE: "us_english",
  LOCK_TIMEOUT: "-1",
  QUOTED_IDENTIFIER: "ON",
  TEXTSIZE: "2147483647",
  "TRANSACTION ISOLATION LEVEL": "READ COMMITTED",
};

export const optionOf = ({ options }: Options, name: string): string => options.get(name) ?? defaults[name] ?? "OFF";

export const isOptionOn = (session: Options, name: string): boolean => optionOf(session, name) === "ON";

/** SET DATEFIRST: 1 is Monday. */
export const firstDayOfWeek = (session: Options): number => Number(optionOf(session, "DATEFIRST"));

/** The time to wait for a lock in milliseconds; -1 is without end. */
export const lockTimeout = (session: Options): number => Number(optionOf(session, "LOCK_TIMEOUT"));

/** SET DEADLOCK_PRIORITY: LOW, NORMAL, HIGH, or -10 to 10. It is only shown: the victim is whoever would wait last. */
export function deadlockPriority(session: Options): number {
  const value = optionOf(session, "DEADLOCK_PRIORITY");
  return { LOW: -5, NORMAL: 0, HIGH: 5 }[value] ?? Number(value);
}
