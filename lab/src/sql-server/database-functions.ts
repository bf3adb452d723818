import { int, sysname } from "../tsql/types";
import { sameName } from "../tsql/values/collation";
import { type Definition, text } from "./function-definition";
import { findByName } from "./names";

/** What is asked of the files and the state of the session's database. */
export const databaseFunctions: Readonly<Record<string, Definition>> = {
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
