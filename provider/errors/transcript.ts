import { closeSync, constants, openSync, writeSync } from "node:fs";
import { printable } from "./printable";
import { scrubOurs } from "./secrets";

/** A change that is sent to a server. */
export interface Sent {
  /** "SQLSERVER1 (10.0.0.4:1433)", or Azure's address. */
  readonly where: string;
  /** Completes "Could not ...". */
  readonly doing: string;
  /** The batch, or the request with its body. Secrets are left out of it where they stand. */
  readonly text: string;
}

let count = 0;

/**
 * Writes a change into the transcript before it is sent, so that one is there whose run was killed; what is returned adds
 * what came of it. MI_LINK_TRANSCRIPT names the file, which any number of runs may share. Only its headlines stand at the
 * beginning of a line, each with the number of its change: `<time> <process>.<number> <where>: <doing>`, once more at the
 * end of it with the outcome. No name of an object can imitate one.
 */
export function transcribe({ where, doing, text }: Sent): (outcome: string) => void {
  const number = `${process.pid}.${++count}`;
  const headline = (more = "") =>
    `${new Date().toISOString()} ${number} ${linesOf(scrubOurs(`${where}: ${doing}${more}`)).join(" ")}\n`;
  append(
    `${headline()}${linesOf(scrubOurs(text))
      .map((line) => `    ${line}\n`)
      .join("")}`,
  );
  return (outcome) => append(headline(`: ${outcome}`));
}

/** Its lines. */
const linesOf = (text: string): string[] =>
  text
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .map((line) => printable(line).trimEnd())
    .filter((line) => line !== "");

/** A pipe that nobody reads must not hold up the run. */
const appending = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

let isFailureSaid = false;

/** In one write, which the operating system tears from no other one. Opened anew each time, as others may move the file. */
function append(entry: string): void {
  const file = process.env.MI_LINK_TRANSCRIPT;
  if (!file) return;
  try {
    const opened = openSync(file, appending, 0o600);
    try {
      writeSync(opened, entry);
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    if (isFailureSaid) return;
    isFailureSaid = true;
    const { code } = error as NodeJS.ErrnoException;
    console.error(
      `Could not write the transcript ${file} (${code}), which MI_LINK_TRANSCRIPT asks for. The run goes on without it.`,
    );
  }
}
