import diagnostics from "node:diagnostics_channel";
import { setTimeout as delay } from "node:timers/promises";
import { disconnectAll } from "../sql-server/connection";
import { engineAddress, whenEngineIsGone } from "./engine";

const interruption = new AbortController();
const running = new Set<Promise<unknown>>();
let isWatching = false;

/**
 * What happens on Ctrl-C. The signal that this returns aborts every wait and every statement that is under way; the
 * operation fails, and what it has made so far is recorded, so that the next run goes on with it. The same happens when
 * the engine is gone: nothing more is made that nobody would record.
 *
 * The first Ctrl-C arrives as the engine's call Cancel, the second as SIGINT: see `watchForCancel` and `end`.
 */
export function whenInterrupted(): AbortSignal {
  if (!isWatching) {
    isWatching = true;
    watchForCancel();
    // SIGHUP: the terminal was closed. SIGTERM: the machine or the container is shut down.
    for (const signal of ["SIGINT", "SIGHUP", "SIGTERM"] as const) process.once(signal, end);
    const engine = engineAddress();
    if (engine !== undefined) whenEngineIsGone(engine, end);
  }
  return interruption.signal;
}

/** Keeps the process alive, after a signal, until this answer is ready to be sent. */
export function answered<T>(answer: Promise<T>): Promise<T> {
  running.add(answer);
  const remove = () => running.delete(answer);
  answer.then(remove, remove);
  return answer;
}

/**
 * On the first Ctrl-C the engine calls Cancel and waits for what is under way, which may be days of copying. The dynamic
 * provider server answers Cancel and does nothing, so the call is watched for where Node reports HTTP/2 requests.
 */
function watchForCancel(): void {
  diagnostics.subscribe("http2.server.stream.created", (message) => {
    const { headers } = message as { readonly headers?: Readonly<Record<string, unknown>> };
    if (headers?.[":path"] === "/pulumirpc.ResourceProvider/Cancel") interruption.abort(new Error("cancelled"));
  });
}

/** On the second Ctrl-C, and at the end of a run, the engine sends SIGINT; five seconds later it kills the process. */
function end(): void {
  interruption.abort(new Error("interrupted"));
  const answers = [...running];
  const graceful = Promise.allSettled(answers)
    // The server needs a moment to send the last answer.
    .then(() => delay(answers.length === 0 ? 0 : 100))
    .then(disconnectAll);
  Promise.race([graceful, delay(4000)]).finally(() => process.exit(0));
}
