import { randomBytes } from "node:crypto";
import { sessionData } from "../data/session-data";
import { sqlError } from "../messages";
import { int, nvarchar, type SqlType, sysname } from "../types";
import type { BuiltIn } from "./built-in";

const variant: SqlType = { name: "sql_variant" };

export const sessionFunctions: Readonly<Record<string, BuiltIn>> = {
  SESSION_CONTEXT: {
    parameters: ["text"],
    nullable: true,
    type: () => variant,
    call: ([key], { context }) => sessionData(context.session).context.get((key as string).toLowerCase()) ?? null,
  },
  CONTEXT_INFO: {
    parameters: [],
    nullable: true,
    type: () => ({ name: "varbinary", length: 128 }),
    call(_, { context }) {
      const written = context.session.options.get("CONTEXT_INFO");
      return written === undefined ? null : Buffer.concat([Buffer.from(written.slice(2), "hex")], 128);
    },
  },
  CURRENT_TRANSACTION_ID: {
    parameters: [],
    type: () => ({ name: "bigint" }),
    call: (_, { context }) => context.session.transaction?.id ?? BigInt(context.session.spid),
  },
  GETANSINULL: { parameters: ["text"], required: 0, type: () => int, call: () => 1 },
  HOST_ID: { parameters: [], type: () => ({ name: "char", length: 10 }), call: () => String(process.pid).padEnd(10) },
  PROGRAM_NAME: { parameters: [], type: () => sysname, call: (_, { context }) => context.session.applicationName },
  NEWSEQUENTIALID: {
    parameters: [],
    type: () => ({ name: "uniqueidentifier" }),
    call() {
      throw sqlError(302);
    },
  },
  CRYPT_GEN_RANDOM: {
    parameters: ["int", "any"],
    required: 1,
    type: () => ({ name: "varbinary", length: 8000 }),
    call: ([length]) => (Number(length) < 1 || Number(length) > 8000 ? null : randomBytes(Number(length))),
  },
  CURRENT_TIMEZONE: { parameters: [], type: () => nvarchar(100), call: () => "(UTC) Coordinated Universal Time" },
  CURRENT_TIMEZONE_ID: { parameters: [], type: () => nvarchar(100), call: () => "UTC" },
};
