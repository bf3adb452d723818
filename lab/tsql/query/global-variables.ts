import { sessionData } from "../data/session-data";
import { sqlError } from "../messages";
import { int, type SqlType, type Typed } from "../types";
import type { Bound, Context } from "./scope";

const identityType: SqlType = { name: "numeric", precision: 38, scale: 0 };

/** @@ROWCOUNT and the like; what the executor does not know itself it asks the server for. */
export function globalVariable(name: string, context: Context): Bound {
  const { last, session } = context;
  const own: Readonly<Record<string, () => Typed>> = {
    "@@ROWCOUNT": () => ({ type: int, value: last.rowCount }),
    "@@ERROR": () => ({ type: int, value: last.error }),
    "@@TRANCOUNT": () => ({ type: int, value: session.transactionCount }),
    "@@IDENTITY": () => ({ type: identityType, value: sessionData(session).lastIdentity }),
    "@@SPID": () => ({ type: { name: "smallint" }, value: session.spid }),
    "@@NESTLEVEL": () => ({ type: int, value: 0 }),
    "@@DATEFIRST": () => ({ type: { name: "tinyint" }, value: Number(session.options.get("DATEFIRST") ?? 7) }),
  };
  const read = own[name] ?? (() => session.host.globalVariable(name, session));
  const found = read();
  if (!found) throw sqlError(137, name);
  return { type: found.type, nullable: false, value: () => read()?.value ?? null };
}
