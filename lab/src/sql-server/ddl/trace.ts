import type { ResultSink, Session } from "../../tsql/host";
import { formatMessage, sqlError } from "../../tsql/messages";
import type { DbccTrace } from "../../tsql/syntax/dbcc";
import type { Column } from "../../tsql/types";
import type { Server } from "../server";

/** Flags of one session, which end with it. */
const sessionFlags = new WeakMap<Session, Set<number>>();

const statusColumns: readonly Column[] = ["TraceFlag", "Status", "Global", "Session"].map((name) => ({
  name,
  type: { name: "smallint" },
  nullable: true,
}));

export function dbccTrace({ instance }: Server, statement: DbccTrace, session: Session, sink: ResultSink): void {
  const { command, flags, global } = statement;
  if (command === "TRACESTATUS") {
    showStatus(instance.traceFlags, flagsOf(session), flags, sink);
  } else {
    if (!session.isSysadmin) throw sqlError(2571, session.login, command);
    const set = global ? instance.traceFlags : flagsOf(session);
    for (const flag of flags) command === "TRACEON" ? set.add(flag) : set.delete(flag);
  }
  sink.info({ ...formatMessage(2528), number: 2528, state: 1, line: 0 });
}

function flagsOf(session: Session): Set<number> {
  const flags = sessionFlags.get(session) ?? new Set<number>();
  sessionFlags.set(session, flags);
  return flags;
}

/** Shows the flags that are on, if none or -1 is asked for; otherwise those that are asked for, on or off. */
function showStatus(
  global: ReadonlySet<number>,
  own: ReadonlySet<number>,
  asked: readonly number[],
  sink: ResultSink,
): void {
  const named = asked.filter((flag) => flag > 0);
  const shown = named.length > 0 ? named : [...new Set([...global, ...own])].sort((one, other) => one - other);
  if (shown.length === 0) return;
  sink.columns(statusColumns);
  for (const flag of shown) {
    const [isGlobal, isOwn] = [global.has(flag), own.has(flag)];
    sink.row([flag, Number(isGlobal || isOwn), Number(isGlobal), Number(isOwn)]);
  }
  sink.statementEnd({ rowCount: shown.length, isSelect: true, failed: false });
}
