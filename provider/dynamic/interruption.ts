import diagnostics from "node:diagnostics_channel";
import { setTimeout as delay } from "node:timers/promises";
import { disconnectAll } from "../sql-server/connection";
import { engineAddress, whenEngineIsGone } from "./engine";

const interruption = new AbortController();
const running = new Set<Promise<unknown>>();
let isWatching = false;

/**
 * Ends what is under way when the user interrupts the run, so that it is recorded as far as it came; and when the engine
 * is gone, so that nothing is made that nobody records.
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

/** An answer that the process does not end without. */
export function answered<T>(answer: Promise<T>): Promise<T> {
  running.add(answer);
  const remove = () => running.delete(answer);
  answer.then(remove, remove);
  return answer;
}

/**
 * On the first Ctrl-C the engine calls Cancel and waits for whatever is under way, which may be days of copying. The
 * dynamic provider server answers Cancel and does nothing; the call is seen in Node's own record of HTTP/2 requests.
 */
function watchForCancel(): void {
  diagnostics.subscribe("http2.server.stream.created", (message) => {
    const { headers } = message as { readonly headers?: Readonly<Record<string, unknown>> };
    if (headers?.[":path"] === "/pulumirpc.ResourceProvider/Cancel") interruption.abort(new Error("cancelled"));
  });
}

/** With the second Ctrl-C, and when a run is over, the engine sends SIGINT, and five seconds later it kills. */
function end(): void {
  interruption.abort(new Error("interrupted"));
  const answers = [...running];
  const graceful = Promise.allSettled(answers)
    // What has been answered still has to leave the process.
    .then(() => delay(answers.length === 0 ? 0 : 100))
    .then(disconnectAll);
  Promise.race([graceful, delay(4000)]).finally(() => process.exit(0));
}
