/** What the server will print of errors that it answers with. */
const lines = new Set<string>();

/**
 * An error to answer with. For a failed diff, read or delete the server of @pulumi/pulumi prints `${error}: ${stack}` as
 * well, which the engine shows under the stack's name: the same message three times. That line is left out.
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
