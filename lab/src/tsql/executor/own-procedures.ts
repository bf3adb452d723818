import type { ObjectName } from "../syntax/object-name";
import { appLockProcedures } from "./app-locks";
import type { PassedParameter } from "./arguments";
import { addProperty, dropProperty, updateProperty } from "./extended-properties";
import type { Run } from "./run";

/** Returns the return status, or nothing for 0. */
type OwnProcedure = (args: readonly PassedParameter[], run: Run) => Promise<number> | number | undefined;

/** System procedures that take part in transactions as statements do. */
const procedures: Readonly<Record<string, OwnProcedure>> = {
  ...appLockProcedures,
  sp_addextendedproperty: addProperty,
  sp_dropextendedproperty: dropProperty,
  sp_updateextendedproperty: updateProperty,
};

export const ownProcedureNames: readonly string[] = Object.keys(procedures);

export function ownProcedure({ schema, name }: ObjectName): OwnProcedure | undefined {
  const key = name.toLowerCase();
  if (schema && !["sys", "dbo"].includes(schema.toLowerCase())) return undefined;
  return Object.hasOwn(procedures, key) ? procedures[key] : undefined;
}
