import { sessionData } from "../data/session-data";
import { firstDayOfWeek, lockTimeout, optionOf } from "../data/session-options";
import { sqlError } from "../messages";
import { notSpoken } from "../not-spoken";
import { int, type SqlType, type Typed } from "../types";
import type { Bound, Context } from "./scope";

const identityType: SqlType = { name: "numeric", precision: 38, scale: 0 };

const notSpokenNames: ReadonlySet<string> = new Set(
  `@@CONNECTIONS @@CPU_BUSY @@DBTS @@IDLE @@IO_BUSY @@MAX_CONNECTIONS @@OPTIONS @@PACK_RECEIVED @@PACK_SENT
  @@PACKET_ERRORS @@PROCID @@REMSERVER @@TIMETICKS @@TOTAL_ERRORS @@TOTAL_READ @@TOTAL_WRITE`.split(/\s+/),
);

/** @@ROWCOUNT and the like; what the executor does not know itself it asks the server for. */
export function globalVariable(name: string, context: Context): Bound {
  const { last, session } = context;
  const own: Readonly<Record<string, () => Typed>> = {
    "@@ROWCOUNT": () => ({ type: int, value: last.rowCount }),
    "@@ERROR": () => ({ type: int, value: last.error }),
    "@@TRANCOUNT": () => ({ type: int, value: session.transactionCount }),
    "@@IDENTITY": () => ({ type: identityType, value: sessionData(session).lastIdentity }),
    "@@SPID": () => ({ type: { name: "smallint" }, value: session.spid }),
    "@@NESTLEVEL": () => ({ type: int, value: context.nesting ?? 0 }),
    "@@TEXTSIZE": () => ({ type: int, value: Number(optionOf(session, "TEXTSIZE")) }),
    "@@LOCK_TIMEOUT": () => ({ type: int, value: lockTimeout(session) }),
    "@@DATEFIRST": () => ({ type: { name: "tinyint" }, value: firstDayOfWeek(session) }),
  };
  const read = own[name] ?? (() => session.host.globalVariable(name, session));
  const found = read();
  if (!found) throw notSpokenNames.has(name) ? notSpoken(`The variable ${name}`) : sqlError(137, name);
  return { type: found.type, nullable: false, value: () => read()?.value ?? null };
}
