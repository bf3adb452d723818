import { sessionData } from "../data/session-data";
import { firstDayOfWeek, isOptionOn, lockTimeout, optionOf } from "../data/session-options";
import type { Session } from "../host";
import { sqlError } from "../messages";
import { int, type SqlType, type Typed } from "../types";
import type { Bound, Context } from "./scope";

const identityType: SqlType = { name: "numeric", precision: 38, scale: 0 };

function lastRowVersion({ session }: Context): Buffer {
  const version = Buffer.alloc(8);
  version.writeBigUInt64BE(session.host.database?.(session.database, session)?.store.rowVersion ?? 0n);
  return version;
}

const optionNames = [
  "DISABLE_DEF_CNST_CHK",
  "IMPLICIT_TRANSACTIONS",
  "CURSOR_CLOSE_ON_COMMIT",
  "ANSI_WARNINGS",
  "ANSI_PADDING",
  "ANSI_NULLS",
  "ARITHABORT",
  "ARITHIGNORE",
  "QUOTED_IDENTIFIER",
  "NOCOUNT",
  "ANSI_NULL_DFLT_ON",
  "ANSI_NULL_DFLT_OFF",
  "CONCAT_NULL_YIELDS_NULL",
  "NUMERIC_ROUNDABORT",
  "XACT_ABORT",
];
const optionBits = (session: Session): number =>
  optionNames.reduce((bits, name, at) => bits | (isOptionOn(session, name) ? 1 << at : 0), 0);

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
    "@@OPTIONS": () => ({ type: int, value: optionBits(session) }),
    "@@DBTS": () => ({ type: { name: "varbinary", length: 8 }, value: lastRowVersion(context) }),
    "@@PROCID": () => ({ type: int, value: 0 }),
    "@@DATEFIRST": () => ({ type: { name: "tinyint" }, value: firstDayOfWeek(session) }),
  };
  const read = own[name] ?? (() => session.host.globalVariable(name, session));
  const found = read();
  if (!found) throw sqlError(137, name);
  return { type: found.type, nullable: false, value: () => read()?.value ?? null };
}
