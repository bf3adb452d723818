import type { ScriptedProcedure } from "../host";
import { sqlError } from "../messages";
import type { SqlType, SqlValue } from "../types";
import { convertValue } from "../values/convert";
import { runText } from "./batch";
import type { PassedParameter, ReturnedParameter } from "./exec";
import type { Run } from "./run";
import { evaluate } from "./statement";

/** A procedure of the server that is written in T-SQL, with its parameters. */
export async function runScript(
  object: ScriptedProcedure,
  passed: readonly PassedParameter[],
  run: Run,
): Promise<{ readonly status: number; readonly outputs: readonly ReturnedParameter[] }> {
  const { variables, outputs } = argumentsOf(object, passed, run);
  const procedure = { name: object.name, status: 0 };
  const context = { ...run.context, caught: undefined };
  await runText(object.body, variables, { ...run, context, procedure });
  const returned = outputs.map(({ name: parameter, type, passed: given }) => ({
    passed: given,
    type,
    value: variables.get(parameter)?.value ?? null,
  }));
  return { status: procedure.status, outputs: returned };
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
function argumentsOf({ name, parameters }: ScriptedProcedure, passed: readonly PassedParameter[], run: Run): Arguments {
  const unknown = passed.find(
    (argument) => argument.name !== undefined && !parameters.some((p) => isFor(p.name, argument)),
  );
  if (unknown) throw sqlError(8145, `@${unknown.name}`, name);
  if (passed.length > parameters.length) throw sqlError(8144, name);
  const variables: Arguments["variables"] = new Map();
  const outputs: Arguments["outputs"] = [];
  for (const [index, parameter] of parameters.entries()) {
    const given = givenFor(parameter.name, index, passed);
    if (given?.output && !parameter.output) throw sqlError(8162, parameter.name);
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
