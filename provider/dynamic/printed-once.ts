/** Begins what the server would print of an error that the engine prints anyway. No text that anybody writes has it. */
const mark = "\u0000pulumi-mi-link\u0000";

let isInstalled = false;

/**
 * An error to answer with. For a failed diff, read or delete the server of @pulumi/pulumi prints `${error}: ${stack}` as
 * well, which the engine shows under the stack's name: the same message three times. That line is left out.
 */
export function printedOnce(message: string): Error {
  install();
  const error = new Error(message);
  error.stack = message;
  return Object.defineProperty(error, "toString", { value: () => mark, enumerable: false });
}

function install(): void {
  if (isInstalled) return;
  isInstalled = true;
  const print = console.error;
  console.error = (...what: unknown[]) => {
    if (typeof what[0] !== "string" || !what[0].startsWith(mark)) print(...what);
  };
}
