/** Lines that the server would print about errors that are answered anyway. */
const lines = new Set<string>();

/**
 * An error to answer with, which the user sees once. For a failed diff, read or delete the server of @pulumi/pulumi also
 * prints `${error}: ${stack}`, and the engine shows the message three times. That line is suppressed.
 */
export function printedOnce(message: string): Error {
  const error = new Error(message);
  error.stack = message;
  watch();
  lines.add(`${error}: ${error.stack}`);
  return error;
}

let isWatching = false;

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  const print = console.error;
  console.error = (...what: unknown[]) => {
    if (what.length !== 1 || !lines.has(String(what[0]))) print(...what);
  };
}
