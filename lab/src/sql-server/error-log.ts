import type { Instance } from "./model";

/** The log keeps no more lines: a client that cannot log in may try for days. */
const mostLines = 10_000;

export function writeErrorLog({ errorLog }: Instance, at: Date, text: string): void {
  errorLog.push({ at, text });
  if (errorLog.length > mostLines) errorLog.splice(0, mostLines / 10);
}
