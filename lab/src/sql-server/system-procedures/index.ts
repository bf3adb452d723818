import type { ScriptedProcedure } from "../../tsql/host";
import { parseScript } from "../../tsql/parser";
import { driverProcedures } from "./drivers";
import { helpProcedures } from "./help";
import { helpObjectProcedures } from "./help-object";
import { privilegeProcedures } from "./privileges";

/**
 * By lower-case name. Each text is written as one CREATE PROCEDURE, which runs in the database that it is called from; it is read
 * when it is first called, because reading all of them takes as long as much of a lab's start.
 */
export const scriptedProcedures: Readonly<Record<string, () => ScriptedProcedure>> = Object.fromEntries(
  [...helpProcedures, ...helpObjectProcedures, ...driverProcedures, ...privilegeProcedures].map((text) => {
    let read: ScriptedProcedure | undefined;
    const script = () => {
      read ??= parseScript(text);
      return read;
    };
    return [nameOf(text), script];
  }),
);

function nameOf(text: string): string {
  return /^\s*CREATE PROCEDURE (\w+)/.exec(text)?.[1]?.toLowerCase() ?? "";
}
