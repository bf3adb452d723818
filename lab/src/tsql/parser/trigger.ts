import type { ObjectName } from "../host";
import { SqlError } from "../messages";
import type { DefinitionStatement, ModuleVerb } from "../table-syntax";
import { type Cursor, list } from "./cursor";
import { moduleOptions, restOf } from "./module";
import { objectName } from "./names";

type CreateTrigger = Extract<DefinitionStatement, { readonly kind: "createTrigger" }>;
type EnableTriggers = Extract<DefinitionStatement, { readonly kind: "enableTriggers" }>;

/** https://learn.microsoft.com/sql/t-sql/statements/create-trigger-transact-sql */
export function createTrigger(cursor: Cursor, verb: ModuleVerb): CreateTrigger {
  const name = objectName(cursor);
  cursor.expect("ON");
  if (cursor.at("DATABASE") || cursor.at("ALL", "SERVER"))
    cursor.raise(new SqlError(50000, 16, "[lab] Triggers of DDL and of logins are not modelled."));
  const table = objectName(cursor);
  moduleOptions(cursor);
  const isInsteadOf = cursor.accept("INSTEAD", "OF");
  if (!isInsteadOf) cursor.choose("AFTER", "FOR");
  const events = list(cursor, () => cursor.choose("INSERT", "UPDATE", "DELETE"));
  cursor.accept("NOT", "FOR", "REPLICATION");
  cursor.expect("AS");
  const body = restOf(cursor);
  return { kind: "createTrigger", name, table, isInsteadOf, events, body, text: cursor.text.trim(), verb };
}

/** ENABLE and DISABLE TRIGGER, by themselves with ON, or behind ALTER TABLE. */
export function enableTriggers(cursor: Cursor, table?: ObjectName): EnableTriggers | undefined {
  const word = (["ENABLE", "DISABLE"] as const).find((one) => cursor.accept(one, "TRIGGER"));
  if (!word) return undefined;
  const names = cursor.accept("ALL") ? undefined : list(cursor, () => objectName(cursor));
  if (!table) cursor.expect("ON");
  return { kind: "enableTriggers", names, table: table ?? objectName(cursor), isEnabled: word === "ENABLE" };
}
