import { SqlError, sqlError } from "../messages";
import type { Statement } from "../syntax/statement";
import { parseDate } from "../values/dates";
import { evaluate } from "./evaluate";
import { type Flow, finish, type Run } from "./run";

const dayLength = 86_400_000;

export async function waitFor(statement: Extract<Statement, { readonly kind: "waitfor" }>, run: Run): Promise<Flow> {
  const { host } = run.session;
  const { value } = evaluate(statement.value, run);
  const time = millisecondsOf(value instanceof Date ? value : String(value));
  const now = host.now().getTime() % dayLength;
  await host.sleep(statement.mode === "delay" ? time : (time - now + dayLength) % dayLength, run.signal);
  finish(run, {});
  return "next";
}

function millisecondsOf(value: Date | string): number {
  if (value instanceof Date) return value.getTime() - Math.floor(value.getTime() / dayLength) * dayLength;
  try {
    const parsed = parseDate(value, { name: "time", scale: 7 });
    return millisecondsOf(parsed);
  } catch (error) {
    if (error instanceof SqlError) throw sqlError(148, value);
    throw error;
  }
}
