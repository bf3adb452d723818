import { randomUUID } from "node:crypto";
import type { SqlError } from "../../messages";
import { int, type SqlType, type SqlValue, sysname } from "../../types";
import { encodeCodePage } from "../../values/code-page";
import { storageLength } from "../../values/storage";
import { isNational, isSized } from "../../values/type-rules";
import type { BuiltIn } from "./built-in";
import { objectFunctions } from "./objects";

const caught = (type: SqlType, read: (error: SqlError) => SqlValue): BuiltIn => ({
  parameters: [],
  nullable: true,
  type: () => type,
  call: (_, { context }) => (context.caught ? read(context.caught) : null),
});
const user: BuiltIn = {
  parameters: [],
  type: () => sysname,
  call: (_, { context: { session } }) =>
    session.host.userName?.(session) ?? (session.isSysadmin ? "dbo" : session.login),
};
const login: BuiltIn = { parameters: [], type: () => sysname, call: (_, { context }) => context.session.login };

export const systemFunctions: Readonly<Record<string, BuiltIn>> = {
  NEWID: { parameters: [], type: () => ({ name: "uniqueidentifier" }), call: () => randomUUID().toUpperCase() },
  DATALENGTH: {
    parameters: ["any"],
    type: ([type]) => (type && isSized(type) && type.length === "max" ? { name: "bigint" } : int),
    call([value = null], { types }) {
      const type = types[0] ?? int;
      const size = bytesOf(value, type);
      return isSized(type) && type.length === "max" ? BigInt(size) : size;
    },
  },
  ...objectFunctions,
  ERROR_NUMBER: caught(int, (error) => error.number),
  ERROR_SEVERITY: caught(int, (error) => error.severity),
  ERROR_STATE: caught(int, (error) => error.state),
  ERROR_LINE: caught(int, (error) => error.line),
  ERROR_MESSAGE: caught({ name: "nvarchar", length: 4000 }, (error) => error.text),
  ERROR_PROCEDURE: caught(sysname, (error) => error.procedure || null),
  XACT_STATE: {
    parameters: [],
    type: () => ({ name: "smallint" }),
    call: (_, { context }) => (context.session.transactionCount === 0 ? 0 : context.last.doomed ? -1 : 1),
  },
  SYSTEM_USER: login,
  SESSION_USER: user,
  CURRENT_USER: user,
  USER: user,
  HOST_NAME: { parameters: [], type: () => sysname, call: (_, { context }) => context.session.hostName },
  APP_NAME: { parameters: [], type: () => sysname, call: (_, { context }) => context.session.applicationName },
};

function bytesOf(value: SqlValue, type: SqlType): number {
  if (typeof value === "string" && isSized(type))
    return isNational(type) ? value.length * 2 : encodeCodePage(value).length;
  if (Buffer.isBuffer(value)) return value.length;
  if (value !== null && typeof value === "object" && "type" in value) return bytesOf(value.value, value.type);
  return storageLength(type);
}
