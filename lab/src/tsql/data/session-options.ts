import type { Session } from "../host";

/** By their numbers: READ UNCOMMITTED is 1. */
export const isolationLevels = [
  undefined,
  "READ UNCOMMITTED",
  "READ COMMITTED",
  "REPEATABLE READ",
  "SERIALIZABLE",
  "SNAPSHOT",
] as const;

/** The lab has locks of whole tables and no versions of rows: it takes no level that would need more. */
export const isSpokenLevel = (level: string): boolean => level === "READ UNCOMMITTED" || level === "READ COMMITTED";

type Options = Pick<Session, "options">;

/** What a client has that says nothing else: drivers log in as ODBC does, with the settings of the standard. */
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

/** In milliseconds; -1 for as long as it takes. */
export const lockTimeout = (session: Options): number => Number(optionOf(session, "LOCK_TIMEOUT"));

/** SET DEADLOCK_PRIORITY: LOW, NORMAL, HIGH, or -10 to 10. Shown, but not looked at: a victim is whoever waits last. */
export function deadlockPriority(session: Options): number {
  const value = optionOf(session, "DEADLOCK_PRIORITY");
  return { LOW: -5, NORMAL: 0, HIGH: 5 }[value] ?? Number(value);
}
