import type { PassedParameter, ReturnedParameter } from "./executor/arguments";
import { runRequest, startRun } from "./executor/batch";
import { balanced, executeParameterized, type PreparedText, runPrepared, runServerProcedure } from "./executor/exec";
import type { Run } from "./executor/run";
import type { ResultSink, Session } from "./host";
import { sqlError } from "./messages";
import { parseObjectName } from "./parser";
import { int, type Typed } from "./types";

export interface ProcedureResult {
  readonly returnStatus: number;
  /** The values of OUTPUT parameters, with the positions of these. */
  readonly outputs: readonly (Typed & { readonly ordinal: number })[];
}

interface CallResult {
  readonly returnStatus: number;
  readonly outputs: readonly ReturnedParameter[];
}

interface PreparedStatements {
  readonly byHandle: Map<number, PreparedText>;
  next: number;
}
const prepared = new WeakMap<Session, PreparedStatements>();

function statementsOf(session: Session): PreparedStatements {
  const own = prepared.get(session) ?? { byHandle: new Map<number, PreparedText>(), next: 1 };
  prepared.set(session, own);
  return own;
}

/** Drops the session's handles, for RESETCONNECTION. */
export function forgetPreparedStatements(session: Session): void {
  prepared.delete(session);
}

/** Carries out a remote call: sp_executesql, sp_prepare and its family, or a procedure of the server. Errors go to the sink. */
export async function executeProcedure(
  name: string,
  parameters: readonly PassedParameter[],
  session: Session,
  sink: ResultSink,
  signal: AbortSignal,
): Promise<ProcedureResult> {
  const run: Run = { ...startRun(session, sink, signal), nesting: 1 };
  run.context.last.error = 0;
  const passed = parameters.map(
    (parameter): PassedParameter => ({ ...parameter, name: parameter.name?.toLowerCase() }),
  );
  let outputs: readonly ReturnedParameter[] = [];
  let returnStatus = 0;
  const failed = await runRequest(run, async () => {
    const result = await call(name, passed, run);
    outputs = result.outputs;
    returnStatus = result.returnStatus;
  });
  return {
    returnStatus: failed || returnStatus,
    outputs: outputs.map(({ passed: parameter, type, value }) => ({ ordinal: passed.indexOf(parameter), type, value })),
  };
}

async function call(name: string, passed: readonly PassedParameter[], run: Run): Promise<CallResult> {
  const [first, second, third, ...rest] = passed;
  const handles = statementsOf(run.session);
  const text = (): PreparedText => ({ definitions: String(second?.value ?? ""), text: String(third?.value ?? "") });
  switch (name.toLowerCase().replace(/^(sys\.|master\.(sys|dbo)?\.)/, "")) {
    case "sp_executesql":
      return { returnStatus: 0, outputs: await balanced(run, () => executeParameterized(passed, run)) };
    case "sp_prepare":
      return { returnStatus: 0, outputs: handleOf(first, prepare(handles, text())) };
    case "sp_execute":
      return {
        returnStatus: 0,
        outputs: await balanced(run, () => runPrepared(preparedText(handles, first), passed.slice(1), run)),
      };
    case "sp_prepexec": {
      const handle = handleOf(first, prepare(handles, text()));
      return {
        returnStatus: 0,
        outputs: [...handle, ...(await balanced(run, () => runPrepared(text(), rest, run)))],
      };
    }
    case "sp_unprepare":
      preparedText(handles, first);
      handles.byHandle.delete(Number(first?.value));
      return { returnStatus: 0, outputs: [] };
  }
  return { returnStatus: await runServerProcedure(parseObjectName(name), passed, run), outputs: [] };
}

function prepare(handles: PreparedStatements, text: PreparedText): number {
  const handle = handles.next++;
  handles.byHandle.set(handle, text);
  return handle;
}

function preparedText(handles: PreparedStatements, parameter: PassedParameter | undefined): PreparedText {
  const handle = Number(parameter?.value);
  const found = handles.byHandle.get(handle);
  if (!found) throw sqlError(8179, handle);
  return found;
}

const handleOf = (parameter: PassedParameter | undefined, value: number): ReturnedParameter[] =>
  parameter ? [{ passed: parameter, type: int, value }] : [];
