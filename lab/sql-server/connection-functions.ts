import type { SqlType } from "../tsql/types";
import { int, nvarchar, sysname } from "../tsql/types";
import type { Definition } from "./functions";
import { findByName, sameName } from "./names";

const variant: SqlType = { name: "sql_variant" };
const text = (value: unknown): string => (value === null || value === undefined ? "" : String(value));

/** How the client is connected: over TCP, always. */
const connection: Readonly<Record<string, { readonly type: SqlType; readonly value: string | number } | undefined>> = {
  net_transport: { type: nvarchar(40), value: "TCP" },
  protocol_type: { type: nvarchar(40), value: "TSQL" },
  auth_scheme: { type: nvarchar(40), value: "SQL" },
  local_net_address: { type: { name: "varchar", length: 48 }, value: "127.0.0.1" },
  local_tcp_port: { type: int, value: 1433 },
  client_net_address: { type: { name: "varchar", length: 48 }, value: "127.0.0.1" },
  physical_net_transport: { type: nvarchar(40), value: "TCP" },
};

/** What a session asks of its connection and of the files of its database. */
export const connectionFunctions: Readonly<Record<string, Definition>> = {
  CONNECTIONPROPERTY: {
    type: variant,
    arity: [1, 1],
    call: (_, [name]) => connection[text(name).toLowerCase()] ?? null,
  },
  SUSER_ID: {
    type: int,
    arity: [0, 1],
    call: ({ instance }, [name], session) =>
      findByName(instance.logins, text(name ?? session.login))?.principalId ?? null,
  },
  FILE_NAME: {
    type: sysname,
    arity: [1, 1],
    call: (_, [id], session) =>
      Number(id) === 1 ? session.database : Number(id) === 2 ? `${session.database}_log` : null,
  },
  FILE_ID: {
    type: { name: "smallint" },
    arity: [1, 1],
    call: (_, [name], session) => fileId(text(name), session.database),
  },
  FILE_IDEX: { type: int, arity: [1, 1], call: (_, [name], session) => fileId(text(name), session.database) },
  STATS_DATE: { type: { name: "datetime" }, arity: [2, 2], call: () => null },
  MIN_ACTIVE_ROWVERSION: {
    type: { name: "binary", length: 8 },
    arity: [0, 0],
    call({ instance }, _, session) {
      const version = Buffer.alloc(8);
      version.writeBigUInt64BE((findByName(instance.databases, session.database)?.store.rowVersion ?? 0n) + 1n);
      return version;
    },
  },
};

function fileId(name: string, database: string): number | null {
  if (sameName(name, database)) return 1;
  return sameName(name, `${database}_log`) ? 2 : null;
}
