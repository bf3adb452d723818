import { startRun } from "./executor/batch";
import { insertion } from "./executor/insert";
import { type Run, resolving, silent } from "./executor/run";
import { changeOfRows } from "./executor/update";
import type { Session } from "./host";
import { sqlError } from "./messages";
import { CompileErrors, parse, parseParameters } from "./parser";
import { bindQuery } from "./query/query";
import type { Statement } from "./syntax/statement";
import type { SqlType } from "./types";

export interface Undeclared {
  readonly name: string;
  readonly type: SqlType;
}

/**
 * Finds the type of each variable that nobody declares: that of what it is compared with, assigned or converted to.
 * Nothing of the batch runs. Throws 11502 where nothing tells, 11508.
 */
export function undeclaredParameters(text: string, parameters: string, session: Session): readonly Undeclared[] {
  const declared = new Map(parseParameters(parameters).map(({ name, type }) => [name.toLowerCase(), type]));
  const variant: SqlType = { name: "sql_variant" };
  const found = new Map<string, Undeclared>();
  for (const name of missingVariables(text, declared)) {
    if (found.has(name.toLowerCase())) throw sqlError(11508, name);
    found.set(name.toLowerCase(), { name, type: variant });
  }
  const all = new Map([...declared, ...[...found.keys()].map((key): [string, SqlType] => [key, variant])]);
  const { statements, variables } = parse(text, { declared: all });
  const run = startRun(session, silent, new AbortController().signal);
  const deduced = new Set<string>();
  for (const [key, type] of [...all, ...variables]) {
    const parameter = found.get(key);
    const deduce = (target: SqlType) => {
      if (!parameter || deduced.has(key)) return;
      deduced.add(key);
      found.set(key, { ...parameter, type: target });
    };
    run.context.variables.set(key, { type, value: null, deduce: parameter && deduce });
  }
  for (const statement of statements) bindOnly(statement, run);
  for (const [key, { name }] of found) if (!deduced.has(key)) throw sqlError(11502, name);
  return [...found.values()];
}

/** The variables that the parser misses, a 137 for each, in the order of the text. */
function missingVariables(text: string, declared: ReadonlyMap<string, SqlType>): string[] {
  try {
    parse(text, { declared });
    return [];
  } catch (error) {
    if (!(error instanceof CompileErrors) || error.errors.some(({ number }) => number !== 137)) throw error;
    return error.errors.flatMap(({ message }) => /"(@[^"]*)"/.exec(message)?.[1] ?? []);
  }
}

function bindOnly(statement: Statement, run: Run): void {
  switch (statement.kind) {
    case "block":
      for (const inner of statement.body) bindOnly(inner, run);
      break;
    case "select":
      resolving(() => bindQuery(statement.query, run.context, undefined));
      break;
    case "insert":
      insertion(statement, run);
      break;
    case "update":
    case "delete":
      changeOfRows(statement, run);
      break;
  }
}
