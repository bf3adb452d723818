import type { ConstraintName, Enforcement, TableDefinition } from "../data/store";
import { sqlError } from "../messages";
import type { AlterTableAction } from "../table-syntax";
import { sameName } from "../values/collation";
import { constraintNames } from "./define";

/** With those constraints only that all the rows which are there were looked at for. */
export const trusted = (definition: TableDefinition): TableDefinition => ({
  ...definition,
  checks: definition.checks.filter(({ isUntrusted }) => !isUntrusted),
  foreignKeys: definition.foreignKeys.filter(({ isUntrusted }) => !isUntrusted),
});

/** WITH NOCHECK ADD: what is new holds for new rows only. */
export function untrusted(definition: TableDefinition, before: TableDefinition): TableDefinition {
  const old = new Set([...before.checks, ...before.foreignKeys].map(({ id }) => id));
  const mark = <Named extends { readonly id: number }>(constraint: Named): Named =>
    old.has(constraint.id) ? constraint : { ...constraint, isUntrusted: true };
  return { ...definition, checks: definition.checks.map(mark), foreignKeys: definition.foreignKeys.map(mark) };
}

/** 4917: it is not there; 11415: keys and defaults are always enforced. */
export function enforced(
  definition: TableDefinition,
  { names, isEnabled, isChecked }: Extract<AlterTableAction, { readonly kind: "enforce" }>,
): TableDefinition {
  const switchable = [...definition.checks, ...definition.foreignKeys];
  for (const name of names === "ALL" ? [] : names) {
    if (switchable.some((constraint) => sameName(constraint.name, name))) continue;
    const exists = constraintNames(definition).some((other) => sameName(other, name));
    throw Object.assign(sqlError(4916), { preceding: [exists ? sqlError(11415, name) : sqlError(4917, name)] });
  }
  const set = <Constraint extends ConstraintName & Enforcement>(constraint: Constraint): Constraint => {
    if (names !== "ALL" && !names.some((name) => sameName(name, constraint.name))) return constraint;
    const isUntrusted = isEnabled ? (constraint.isUntrusted ?? false) && !isChecked : true;
    return { ...constraint, isDisabled: !isEnabled, isUntrusted };
  };
  return { ...definition, checks: definition.checks.map(set), foreignKeys: definition.foreignKeys.map(set) };
}
