import type { Session, TableFunction } from "../../tsql/host";
import { notSpoken } from "../../tsql/not-spoken";
import type { SqlValue } from "../../tsql/types";
import { isLeftOutView } from "../left-out";
import { nameKey } from "../names";
import type { Server } from "../server";
import { listedProperties } from "./extended-properties";
import { sqlHandle } from "./sessions";
import { declared, type Row, tableOf } from "./view";

type Rows = (server: Server, args: readonly SqlValue[], session: Session) => Iterable<Row>;

function functionOf(text: string, rows: Rows): (server: Server, session: Session) => TableFunction {
  const columns = declared(text);
  return (server, session) => {
    const table = (args: readonly SqlValue[]) => tableOf(columns, server, () => rows(server, args, session));
    return { columns: table([]).columns, rows: (args) => table(args.map(({ value }) => value)).rows() };
  };
}

const functions: Readonly<Record<string, (server: Server, session: Session) => TableFunction>> = {
  dm_exec_sql_text: functionOf(
    "dbid smallint, objectid int, number smallint, encrypted bit NOT NULL, text nvarchar(max)",
    (server, [handle]) =>
      [...server.sessions.values()]
        .filter(({ session }) => Buffer.isBuffer(handle) && handle.equals(sqlHandle(session.spid)))
        .map(({ request }) => ({ text: request?.text ?? null })),
  ),
  fn_listextendedproperty: functionOf(
    "objtype sysname, objname sysname, name sysname NOT NULL, value sql_variant",
    (server, args, session) => listedProperties(server, session, args),
  ),
};

/** Finds a function of schema sys in FROM; one that begins with fn_ is found without the schema too. */
export function systemTableFunction(
  server: Server,
  { schema, name }: { readonly schema?: string; readonly name: string },
  session: Session,
): TableFunction | undefined {
  const key = nameKey(name);
  const isNamed = nameKey(schema ?? "") === "sys" || (schema === undefined && key.startsWith("fn_"));
  const found = isNamed && Object.hasOwn(functions, key) ? functions[key] : undefined;
  if (isNamed && !found && isLeftOutView("sys", key)) throw notSpoken(`sys.${name}`);
  return found?.(server, session);
}
