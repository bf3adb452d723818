import type { ScriptedProcedure } from "../../tsql/host";
import { parse } from "../../tsql/parser";
import { driverProcedures } from "./drivers";
import { helpProcedures } from "./help";
import { helpObjectProcedures } from "./help-object";
import { privilegeProcedures } from "./privileges";
import { procedureColumnProcedures } from "./procedure-columns";

/**
 * By lower-case name. Each text is one CREATE PROCEDURE, which runs in the database that it is called from; it is read
 * when it is first called, because reading all of them takes as long as much of a lab's start.
 */
export const scriptedProcedures: Readonly<Record<string, () => ScriptedProcedure>> = Object.fromEntries(
  [
    ...helpProcedures,
    ...helpObjectProcedures,
    ...driverProcedures,
    ...procedureColumnProcedures,
    ...privilegeProcedures,
  ].map((text) => {
    let read: ScriptedProcedure | undefined;
    const script = () => {
      read ??= scriptOf(text);
      return read;
    };
    return [nameOf(text), script];
  }),
);

function nameOf(text: string): string {
  return /^\s*CREATE PROCEDURE (\w+)/.exec(text)?.[1]?.toLowerCase() ?? "";
}

function scriptOf(text: string): ScriptedProcedure {
  const [statement] = parse(text.trim()).statements;
  if (statement?.kind !== "createProcedure") throw new Error(`not a procedure: ${text.slice(0, 80)}`);
  const { name, parameters, body } = statement;
  return { name: name.name, parameters, body };
}
