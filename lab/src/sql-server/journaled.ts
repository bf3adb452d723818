import { ConnectionDropped, type Faults, type StatementError } from "../faults/faults";
import type { Journal } from "../journal";
import type { Clock } from "../network";
import type { ResultSink, Session } from "../tsql/host";
import { formatMessage, SqlError } from "../tsql/messages";
import { withoutSecrets } from "./redaction";

export interface Surroundings {
  readonly instanceName: string;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly faults: Faults;
}

/** Runs one request of a client, delayed or broken as the faults say, and writes it down with the errors that it got. */
export async function runJournaled<Sink extends ResultSink>(
  { instanceName, clock, journal, faults }: Surroundings,
  session: Session,
  text: string,
  sink: Sink,
  signal: AbortSignal,
  run: (observed: Sink) => Promise<void>,
): Promise<void> {
  const at = clock.now();
  const { database } = session;
  const errors: number[] = [];
  const fault = faults.beforeStatement(instanceName, text);
  try {
    if (fault.delayMilliseconds > 0) await clock.sleep(fault.delayMilliseconds, signal);
    if (fault.drop === "before") throw new ConnectionDropped("the connection was dropped before the batch ran");
    if (fault.error) throw injected(fault.error);
    await run(observing(sink, errors));
    if (fault.drop === "after") throw new ConnectionDropped("the connection was dropped after the batch ran");
  } catch (error) {
    if (error instanceof SqlError) errors.push(error.number);
    throw error;
  } finally {
    const { login, applicationName: application } = session;
    journal.record({
      at,
      kind: "statement",
      instance: instanceName,
      login,
      database,
      application,
      text: withoutSecrets(text),
      errors,
    });
  }
}

/** The error that a fault rule has the server send. */
export function injected({ number, severity, text }: StatementError): SqlError {
  const template = severity === undefined || text === undefined ? formatMessage(number) : { severity, text };
  return new SqlError(number, severity ?? template.severity, text ?? template.text);
}

/** Wraps a sink to note its errors too. */
function observing<Sink extends ResultSink>(sink: Sink, errors: number[]): Sink {
  return {
    ...sink,
    error(error: SqlError) {
      errors.push(error.number);
      sink.error(error);
    },
  };
}
