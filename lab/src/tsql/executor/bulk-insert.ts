import type { PassedTable } from "../data/passed-table";
import { sessionData } from "../data/session-data";
import { positionOf, type StoredTable } from "../data/store";
import { changeableTable } from "../data/target";
import { sqlError } from "../messages";
import type { DataStatement } from "../table-syntax";
import { sameName } from "../values/collation";
import { changing } from "./changing";
import { insertion } from "./insert";
import { type Flow, finish, type Run, resolving } from "./run";
import { changingWithTriggers } from "./triggers";

export type InsertBulk = Extract<DataStatement, { readonly kind: "insertBulk" }>;

/** INSERT BULK: the rows come with the client's next message. Throws 208, 229, 3906, 207. */
export function beginBulkInsert(statement: InsertBulk, run: Run): Flow {
  const { table } = resolving(() => changeableTable(statement.table, "INSERT", run.context));
  for (const name of statement.columns) if (positionOf(table.columns, name) < 0) throw sqlError(207, name);
  sessionData(run.session).bulkInsert = statement;
  finish(run, {});
  return "next";
}

/** CHECK and FOREIGN KEY are left out and triggers do not fire, unless the statement asks for them. */
export async function bulkInsert({ columns, rows }: PassedTable, run: Run): Promise<void> {
  const data = sessionData(run.session);
  const statement = data.bulkInsert;
  data.bulkInsert = undefined;
  // 4002: rows that nobody has asked for.
  if (!statement) throw sqlError(4002);
  const { table } = changeableTable(statement.table, "INSERT", run.context);
  const has = (option: string): boolean => statement.options.includes(option);
  const outer = data.identityInsert;
  const kept = columns.flatMap((column, at) => (isKept(table, column.name, has("KEEP_IDENTITY")) ? [at] : []));
  if (has("KEEP_IDENTITY") && kept.some((at) => isIdentity(table, columns[at]?.name ?? "")))
    data.identityInsert = { id: table.id, name: table.name };
  try {
    const names = kept.map((at) => columns[at]?.name ?? "");
    const values = rows.map((row) => kept.map((at) => row[at] ?? null));
    const insert = insertion(
      {
        kind: "insert",
        table: statement.table,
        columns: names,
        source: { kind: "rows" },
      },
      run,
      { columns: kept.flatMap((at) => columns[at] ?? []), rows: values },
      { keepsNulls: has("KEEP_NULLS"), isUnchecked: !has("CHECK_CONSTRAINTS") },
    );
    const work = (transaction: Parameters<typeof insert.perform>[0]) => ({
      rows: insert.perform(transaction),
      shown: [],
    });
    const outcome = has("FIRE_TRIGGERS") ? await changingWithTriggers(insert, work, run) : changing(run, work);
    finish(run, { rowCount: outcome.rows.length });
  } finally {
    data.identityInsert = outer;
  }
}

const isIdentity = ({ columns }: StoredTable, name: string): boolean =>
  columns.some((column) => column.identity && sameName(column.name, name));

/** The numbers are the server's own. */
function isKept(table: StoredTable, name: string, keepsIdentity: boolean): boolean {
  const column = table.columns[positionOf(table.columns, name)];
  return keepsIdentity || !column?.identity;
}
