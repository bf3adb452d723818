import { findObject } from "../tsql/data/access";
import { storedBytes, tableBytes } from "../tsql/data/changes";
import type { Procedure, ResultSink, Session } from "../tsql/host";
import { sqlError } from "../tsql/messages";
import { nameIn } from "../tsql/name-parts";
import { newEffort } from "../tsql/query/scope";
import { nvarchar, type SqlType } from "../tsql/types";
import { findByName } from "./names";
import type { Server } from "./server";
import { allocatedBytes } from "./transaction-log";

const varchar = (length: number): SqlType => ({ name: "varchar", length });
const kilobytes = (bytes: number): string => `${Math.ceil(bytes / 8192) * 8} KB`;
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MB`;
const logBytes = 8 * 2 ** 20;

/** sp_spaceused: of a table, or of the database in two result sets. */
export function spaceUsed(server: Server): Procedure {
  return {
    run([object], session, sink) {
      const name = typeof object?.value === "string" ? object.value : undefined;
      if (name === undefined) ofDatabase(server, session, sink);
      else ofTable(name, session, sink);
      return 0;
    },
  };
}

function show(sink: ResultSink, row: Readonly<Record<string, readonly [SqlType, string]>>): void {
  sink.columns(Object.entries(row).map(([name, [type]]) => ({ name, type, nullable: true })));
  sink.row(Object.values(row).map(([, value]) => value));
  sink.statementEnd({ rowCount: 1, isSelect: true, failed: false });
}

function ofTable(written: string, session: Session, sink: ResultSink): void {
  const context = {
    session,
    variables: new Map(),
    last: { rowCount: 0, error: 0, doomed: false },
    effort: newEffort(),
  };
  const name = nameIn(written);
  const found = name && findObject(name, context)?.object;
  if (found?.kind !== "table") throw sqlError(15009, written, session.database);
  const data = tableBytes(found);
  show(sink, {
    name: [nvarchar(128), found.name],
    rows: [{ name: "char", length: 20 }, String(found.rows.size)],
    reserved: [varchar(18), kilobytes(data > 0 ? Math.max(data + 8192, 65536) : 0)],
    data: [varchar(18), kilobytes(data)],
    index_size: [varchar(18), kilobytes(data > 0 ? 8192 : 0)],
    unused: [varchar(18), kilobytes(0)],
  });
}

function ofDatabase({ instance }: Server, session: Session, sink: ResultSink): void {
  const database = findByName(instance.databases, session.database);
  if (!database) throw sqlError(911, session.database);
  const [data, used] = [allocatedBytes(database), storedBytes(database.store)];
  show(sink, {
    database_name: [nvarchar(128), database.name],
    database_size: [varchar(18), megabytes(data + logBytes)],
    "unallocated space": [varchar(18), megabytes(data - used)],
  });
  show(sink, {
    reserved: [varchar(18), kilobytes(used)],
    data: [varchar(18), kilobytes(used)],
    index_size: [varchar(18), kilobytes(0)],
    unused: [varchar(18), kilobytes(0)],
  });
}
