import { insertRows } from "../data/rows";
import { createTable } from "../data/table";
import type { Target } from "../data/target";
import { changeObject } from "../data/transaction";
import { sqlError } from "../messages";
import { bindCondition } from "../query/bind";
import { bindQuery } from "../query/query";
import type { StoredTable, Transaction } from "../stored";
import type { ObjectName } from "../syntax/object-name";
import type { Query } from "../syntax/query";
import type { DefinitionStatement } from "../syntax/table-change";
import type { TableBody } from "../syntax/table-definition";
import { int } from "../types";
import { changing } from "./changing";
import { defaultValue } from "./default-value";
import { newDefinition, newPlace } from "./define";
import { tableScope } from "./row-check";
import { type Flow, finish, type Run, resolving } from "./run";

type CreateTable = Extract<DefinitionStatement, { readonly kind: "createTable" }>;
type DeclareTable = Extract<DefinitionStatement, { readonly kind: "declareTable" }>;

export function createUserTable({ table: name, body }: CreateTable, run: Run): Flow {
  changing(run, (transaction) => make(name, body, transaction, run));
  finish(run, {});
  return "next";
}

function make(name: ObjectName, body: TableBody, transaction: Transaction, run: Run): Target {
  const place = newPlace(name, run.context, "CREATE TABLE");
  const table = createTable(newDefinition(name.name, body, place, run.context));
  requireBindable(table, run);
  changeObject(transaction, place, table);
  return {
    table,
    place,
    databaseName: place.database?.name ?? "tempdb",
    transaction,
    verb: "INSERT",
  };
}

/** Throws where a CHECK or DEFAULT makes no sense, before there is a row. */
export function requireBindable(table: StoredTable, run: Run): void {
  const scope = tableScope(table, run.context);
  for (const { value } of table.definition.checks) bindCondition(value, scope);
  for (const column of table.columns) defaultValue(column, run.context);
}

/** Makes a table variable. In a loop the first declaration counts: later ones find the table as it is. */
export function declareTableVariable({ name, body }: DeclareTable, run: Run): Flow {
  const { tableVariables } = run.context;
  const key = name.toLowerCase();
  if (!tableVariables || tableVariables.has(key)) return "next";
  const place = { store: undefined, key, objects: tableVariables, schema: "dbo" };
  const table = createTable(newDefinition(name, body, place, run.context));
  requireBindable(table, run);
  tableVariables.set(key, table);
  return "next";
}

/** SELECT ... INTO makes a table with the query's columns and rows. */
export function selectInto(name: ObjectName, query: Query, run: Run): Flow {
  const bound = resolving(() => bindQuery(query, run.context, undefined));
  const unnamed = bound.columns.findIndex((column) => column.name === "");
  if (unnamed >= 0) throw sqlError(1038);
  const columns = bound.columns.map((column) => ({
    name: column.name,
    type: column.isNull ? int : column.type,
    nullable: column.nullable,
  }));
  const count = changing(run, (transaction) => {
    const rows = bound.rows(undefined);
    const target = make(name, { columns, constraints: [] }, transaction, run);
    insertRows(target, rows);
    return rows.length;
  });
  finish({ ...run, command: "selectInto" }, { rowCount: count });
  return "next";
}
