import { writtenName } from "../data/access";
import { sqlError } from "../messages";
import type { Key, Transaction } from "../stored";
import type { DefinitionStatement } from "../syntax/table-change";
import { sameName } from "../values/collation";
import { alterable, type FoundTable, replaceTable } from "./alter-table";
import { changing } from "./changing";
import { indexOf } from "./define";
import { type Flow, finish, type Run } from "./run";

type Of<K extends DefinitionStatement["kind"]> = Extract<DefinitionStatement, { readonly kind: K }>;

export function createIndex(statement: Of<"createIndex">, run: Run): Flow {
  changing(run, (transaction) => {
    const found = alterable(statement.table, transaction, run, 1088);
    const { object, place } = found;
    const added = indexOf({ definition: object.definition, place, context: run.context }, statement);
    replaceKeys(found, [...object.definition.keys, added], transaction, run);
  });
  finish(run, {});
  return "next";
}

function replaceKeys(found: FoundTable, keys: readonly Key[], transaction: Transaction, run: Run): void {
  const definition = { ...found.object.definition, keys };
  replaceTable(found, { definition, convert: (row) => row }, transaction, run);
}

export function dropIndex({ name, table, ifExists }: Of<"dropIndex">, run: Run): Flow {
  changing(run, (transaction) => {
    const found = alterable(table, transaction, run, 1088);
    const { keys } = found.object.definition;
    const left = keys.filter((key) => key.kind !== "index" || !sameName(key.name, name));
    if (left.length < keys.length) return replaceKeys(found, left, transaction, run);
    if (!ifExists) throw sqlError(3701, "drop", "index", `${writtenName(table)}.${name}`);
  });
  finish(run, {});
  return "next";
}
