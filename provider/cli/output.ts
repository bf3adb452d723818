import { printable } from "../errors/printable";

/** What commands print: the result to standard output, what goes on meanwhile to standard error, only on a terminal. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`);

export const jsonOf = (value: unknown): string => JSON.stringify(value, undefined, 2);

/** A text of several lines, for a terminal. */
const linesOf = (text: string): string => text.split("\n").map(printable).join("\n");

/** A line that the next one overwrites. */
export function status(text: string): void {
  if (process.stderr.isTTY)
    process.stderr.write(`\r\x1b[K${printable(text).slice(0, (process.stderr.columns ?? 80) - 1)}`);
}

export const clearStatus = (): void => status("");

/** A sentence that stays, beside the result: what is about to be done. */
export function tell(sentence: string): void {
  clearStatus();
  process.stderr.write(`${linesOf(sentence)}\n`);
}
