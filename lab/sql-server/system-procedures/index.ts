import type { ScriptedProcedure } from "../../tsql/host";
import { parse } from "../../tsql/parser";
import { driverProcedures } from "./drivers";
import { helpProcedures } from "./help";

/** By lower-case name. Each text is one CREATE PROCEDURE, which runs in the database that it is called from. */
export const scriptedProcedures: Readonly<Record<string, ScriptedProcedure>> = Object.fromEntries(
  [...helpProcedures, ...driverProcedures].map((text) => {
    const procedure = scriptOf(text);
    return [procedure.name.toLowerCase(), procedure];
  }),
);

function scriptOf(text: string): ScriptedProcedure {
  const [statement] = parse(text.trim()).statements;
  if (statement?.kind !== "createProcedure") throw new Error(`not a procedure: ${text.slice(0, 80)}`);
  const { name, parameters, body } = statement;
  return { name: name.name, parameters, body };
}
