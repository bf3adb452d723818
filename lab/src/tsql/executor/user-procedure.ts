import { findObject, requirePermission } from "../data/access";
import type { StoredProcedure, StoredTable } from "../data/store";
import type { ObjectName } from "../host";
import { sqlError } from "../messages";
import type { SqlType, SqlValue } from "../types";
import { convertValue } from "../values/convert";
import { runText } from "./batch";
import type { PassedParameter, ReturnedParameter } from "./exec";
import type { Run } from "./run";
import { evaluate } from "./statement";
import { parameterTable } from "./table-parameters";

export function isUserProcedure(name: ObjectName, run: Run): boolean {
  return findObject(name, run.context)?.object.kind === "procedure";
}

/** CREATE PROCEDURE's body with its parameters; its names are those of the database that it is in. */
export async function runUserProcedure(
  name: ObjectName,
  passed: readonly PassedParameter[],
  run: Run,
): Promise<{ readonly status: number; readonly outputs: readonly ReturnedParameter[] }> {
  const found = findObject(name, run.context);
  if (found?.object.kind !== "procedure") throw sqlError(2812, name.name);
  requirePermission("EXECUTE", found);
  return runScript(found.object, found.place.database?.name, passed, run);
}

async function runScript(
  object: StoredProcedure,
  database: string | undefined,
  passed: readonly PassedParameter[],
  run: Run,
): Promise<{ readonly status: number; readonly outputs: readonly ReturnedParameter[] }> {
  const { variables, outputs } = argumentsOf(object, passed, run);
  const procedure = { name: object.name, status: 0 };
  const context = { ...run.context, database, caught: undefined };
  const tables = tablesOf(object, passed, run);
  await runText(object.body, variables, { ...run, context, procedure }, tables);
  const returned = outputs.map(({ name: parameter, type, passed: given }) => ({
    passed: given,
    type,
    value: variables.get(parameter)?.value ?? null,
  }));
  return { status: procedure.status, outputs: returned };
}

/** Table-valued parameters; one that is not given is empty. */
function tablesOf({ parameters }: StoredProcedure, passed: readonly PassedParameter[], run: Run) {
  const tables = new Map<string, StoredTable>();
  for (const [index, { name, tableType }] of parameters.entries())
    if (tableType) tables.set(name, parameterTable(tableType, name, givenFor(name, index, passed)?.table, run.context));
  return tables;
}

function givenFor(name: string, index: number, passed: readonly PassedParameter[]): PassedParameter | undefined {
  const positional = passed[index]?.name === undefined ? passed[index] : undefined;
  return passed.find((argument) => isFor(name, argument)) ?? positional;
}

interface Arguments {
  readonly variables: Map<string, { readonly type: SqlType; value: SqlValue }>;
  readonly outputs: { readonly name: string; readonly type: SqlType; readonly passed: PassedParameter }[];
}

/** Throws 8145, 8144, 8162, 201. */
function argumentsOf({ name, parameters }: StoredProcedure, passed: readonly PassedParameter[], run: Run): Arguments {
  const unknown = passed.find(
    (argument) => argument.name !== undefined && !parameters.some((p) => isFor(p.name, argument)),
  );
  if (unknown) throw sqlError(8145, `@${unknown.name}`, name);
  if (passed.length > parameters.length) throw sqlError(8144, name);
  const variables: Arguments["variables"] = new Map();
  const outputs: Arguments["outputs"] = [];
  for (const [index, parameter] of parameters.entries()) {
    if (parameter.tableType) continue;
    const given = givenFor(parameter.name, index, passed);
    if (given?.output && !parameter.isOutput) throw sqlError(8162, parameter.name);
    if (!given && !parameter.default) throw sqlError(201, name, parameter.name);
    const { type, value } =
      given ?? (parameter.default ? evaluate(parameter.default, run) : { type: parameter.type, value: null });
    variables.set(parameter.name, { type: parameter.type, value: convertValue(value, type, parameter.type) });
    if (given?.output) outputs.push({ name: parameter.name, type: parameter.type, passed: given });
  }
  return { variables, outputs };
}

const isFor = (parameter: string, { name }: PassedParameter): boolean =>
  name !== undefined && `@${name.replace(/^@/, "").toLowerCase()}` === parameter;
