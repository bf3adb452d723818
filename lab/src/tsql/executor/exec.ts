import type { ProcedureArgument } from "../host";
import { SqlError, sqlError } from "../messages";
import { isSpokenProcedure, notSpoken } from "../not-spoken";
import { parseObjectName, parseParameters } from "../parser";
import type { ExecArgument } from "../syntax/exec";
import type { ObjectName } from "../syntax/object-name";
import type { Statement } from "../syntax/statement";
import { int, type SqlType, type Typed } from "../types";
import { convertValue, textOf } from "../values/convert";
import { isNational } from "../values/type-rules";
import type { PassedParameter, ReturnedParameter } from "./arguments";
import { evaluate } from "./evaluate";
import { ownProcedure } from "./own-procedures";
import { type Flow, type Run, report } from "./run";

export async function executeText(
  statement: Extract<Statement, { readonly kind: "execText" }>,
  run: Run,
): Promise<Flow> {
  const text = evaluate(statement.text, run);
  const written = text.value === null ? "" : textOf(text.value, text.type);
  await balanced(run, () => run.runText(written, new Map(), nested(run)));
  return "next";
}

function nested(run: Run): Run {
  // 217: 32 levels
  if (run.nesting >= 32) throw sqlError(217, 32);
  return { ...run, nesting: run.nesting + 1 };
}

/** Reports 266 for a call that leaves more or fewer transactions open than it found. */
export async function balanced<T>(run: Run, call: () => Promise<T>): Promise<T> {
  const { session } = run;
  const before = session.transactionCount;
  const result = await call();
  // A transaction that began implicitly stays open: drivers whose autocommit is off leave it to the next call.
  const beganImplicitly = before === 0 && session.options.get("IMPLICIT_TRANSACTIONS") === "ON";
  if (session.transactionCount !== before && !beganImplicitly && !run.context.last.doomed)
    report(run, Object.assign(sqlError(266, before, session.transactionCount), { line: 1 }));
  return result;
}

export async function execute(statement: Extract<Statement, { readonly kind: "exec" }>, run: Run): Promise<Flow> {
  const name = procedureName(statement, run);
  const passed = statement.args.map(
    (argument): PassedParameter => ({
      ...evaluate(argument.value, run),
      name: argument.name,
      output: argument.output,
    }),
  );
  const status = await calledFromBatch(run, () => called(name, passed, statement.args, run));
  if (statement.result !== undefined) {
    const variable = run.context.variables.get(statement.result);
    if (variable) variable.value = convertValue(status, int, variable.type);
  }
  return "next";
}

/** Tells the client of a call that the batch makes: it ends with its return status. One inside a procedure is a statement of that. */
async function calledFromBatch(run: Run, call: () => Promise<number>): Promise<number> {
  if (run.nesting > 0) return call();
  run.sink.procedureBegan?.();
  let status: number | undefined;
  try {
    status = await call();
    return status;
  } finally {
    run.sink.procedureEnded?.(status);
  }
}

/** Calls a procedure and returns its return status. */
async function called(
  name: ObjectName,
  passed: readonly PassedParameter[],
  args: readonly ExecArgument[],
  run: Run,
): Promise<number> {
  if (name.name.toLowerCase() === "sp_executesql") {
    const returned = await balanced(run, () => executeParameterized(passed, nested(run)));
    takeBack(args, passed, returned, run);
    return 0;
  }
  return runServerProcedure(name, passed, run);
}

/** Runs a system procedure, here or on the server, and returns its return status. Throws 2812. */
export async function runServerProcedure(
  name: ObjectName,
  passed: readonly PassedParameter[],
  run: Run,
): Promise<number> {
  const own = ownProcedure(name);
  const { database = run.context.database } = name;
  if (own) return (await own(passed, { ...run, context: { ...run.context, database } })) ?? 0;
  const procedure = run.session.host.procedure(name, run.session);
  if (!procedure) throw isSpokenProcedure(name.name) ? missingProcedure(name) : notSpoken(name.name);
  const args = passed.map(({ type, value, name: parameter }): ProcedureArgument => ({ type, value, name: parameter }));
  return procedure.run(args, run.session, run.sink);
}

function missingProcedure({ database, schema, name }: ObjectName): SqlError {
  const written = database === undefined ? [schema, name] : [database, schema ?? "", name];
  const { severity, text } = sqlError(2812, written.filter((part) => part !== undefined).join("."));
  return new SqlError(2812, severity, text, 62);
}

function procedureName(statement: Extract<Statement, { readonly kind: "exec" }>, run: Run) {
  if (!("variable" in statement.procedure)) return statement.procedure;
  const value = run.context.variables.get(statement.procedure.variable)?.value;
  return parseObjectName(String(value ?? ""));
}

/** Copies the values of OUTPUT parameters to the caller's variables. */
function takeBack(
  args: readonly ExecArgument[],
  passed: readonly PassedParameter[],
  returned: readonly ReturnedParameter[],
  run: Run,
): void {
  for (const { passed: parameter, type, value } of returned) {
    const target = args[passed.indexOf(parameter)]?.value;
    const variable = target?.kind === "variable" ? run.context.variables.get(target.name) : undefined;
    if (variable) variable.value = convertValue(value, type, variable.type);
  }
}

/** Runs sp_executesql: its statement, parameter definitions and values may be given by position or by name. */
export async function executeParameterized(passed: readonly PassedParameter[], run: Run): Promise<ReturnedParameter[]> {
  const [first, second, ...rest] = passed;
  const text = passed.find(({ name }) => name === "stmt" || name === "statement") ?? first;
  const definitions =
    passed.find(({ name }) => name === "params" || name === "parameters") ??
    (second?.name === undefined ? second : undefined);
  for (const [parameter, name] of [
    [text, "@statement"],
    [definitions, "@params"],
  ] as const) {
    // 214: only Unicode text
    if (parameter && parameter.value !== null && !isNational(parameter.type))
      throw sqlError(214, name, "ntext/nchar/nvarchar");
  }
  if (!text) throw sqlError(214, "@statement", "ntext/nchar/nvarchar");
  const values = rest.filter((parameter) => parameter !== text && parameter !== definitions);
  return runPrepared({ text: String(text.value ?? ""), definitions: String(definitions?.value ?? "") }, values, run);
}

export interface PreparedText {
  readonly text: string;
  /** `@a int, @b nvarchar(10) OUTPUT` */
  readonly definitions: string;
}

export async function runPrepared(
  prepared: PreparedText,
  values: readonly PassedParameter[],
  run: Run,
): Promise<ReturnedParameter[]> {
  const definitions = parseParameters(prepared.definitions);
  const variables = new Map<string, { readonly type: SqlType; value: Typed["value"] }>();
  const outputs: { readonly name: string; readonly type: SqlType; readonly passed: PassedParameter }[] = [];
  for (const [index, { name, type, output, default: fallback }] of definitions.entries()) {
    const positional = values[index]?.name === undefined ? values[index] : undefined;
    const given =
      values.find((value) => value.name !== undefined && `@${value.name.toLowerCase()}` === name) ??
      positional ??
      (fallback && { ...evaluate(fallback, run), output: false });
    if (!given) throw sqlError(8178, `(${prepared.definitions})${prepared.text}`.slice(0, 128), name);
    variables.set(name, { type, value: convertValue(given.value, given.type, type) });
    if (output && given.output) outputs.push({ name, type, passed: given });
  }
  if (values.length > definitions.length) throw sqlError(8144, "");
  await run.runText(prepared.text, variables, run);
  return outputs.map(({ name, type, passed }) => ({ passed, type, value: variables.get(name)?.value ?? null }));
}
