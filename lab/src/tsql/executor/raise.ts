import { knownMessages, SqlError, sqlError } from "../messages";
import type { Statement } from "../syntax/statement";
import type { Typed } from "../types";
import { textOf } from "../values/convert";
import { formatted } from "../values/message-format";
import { evaluate } from "./evaluate";
import { type Flow, fatalSeverity, type Run } from "./run";

export function throwError(statement: Extract<Statement, { readonly kind: "throw" }>, run: Run): Flow {
  if (!statement.number || !statement.message || !statement.state) {
    const { caught } = run.context;
    // 10704: THROW alone throws again what CATCH has caught.
    throw caught ?? sqlError(10704);
  }
  const number = Number(evaluate(statement.number, run).value);
  if (number < 50000) throw sqlError(35100, number);
  const message = evaluate(statement.message, run);
  const state = Number(evaluate(statement.state, run).value);
  throw new SqlError(number, 16, textOf(message.value, message.type), state);
}

export function raiseError(statement: Extract<Statement, { readonly kind: "raiserror" }>, run: Run): Flow {
  const [message, severityValue, stateValue, ...args] = statement.args.map((argument) => evaluate(argument, run)) as [
    Typed,
    Typed,
    Typed,
    ...Typed[],
  ];
  // "Severity levels greater than 25 are interpreted as 25", those below 0 as 0.
  const own = messageOf(message);
  const given = Number(severityValue.value);
  const severity = given < 0 && own ? own.severity : Math.min(25, Math.max(0, given));
  const state = Number(stateValue.value) < 0 ? 1 : Math.min(255, Number(stateValue.value));
  if (severity > 18 && !(run.session.isSysadmin && statement.options.includes("LOG"))) throw sqlError(2754);
  // 18054: the lab has no messages of the user's own.
  if (!own) throw sqlError(18054, Number(message.value), severity, state);
  const { number } = own;
  const text = formatted(own.text, args);
  if (severity >= fatalSeverity) {
    const terminating = Object.assign(sqlError(2745, run.session.spid, number, severity), { state: 2 });
    throw new SqlError(number, severity, text, state, 0, "", [terminating]);
  }
  if (severity > 10) throw new SqlError(number, severity, text, state);
  run.sink.info({ number, severity, state, text, line: statement.line });
  run.context.last.error = statement.options.includes("SETERROR") ? number : 0;
  run.context.last.rowCount = 0;
  return "next";
}

/** The text, or the message with that number; undefined where the server does not know it. */
function messageOf({ value, type }: Typed) {
  if (typeof value !== "number") return { number: 50000, severity: 0, text: textOf(value, type) };
  if (value < 13000) throw sqlError(2732, value, 13000, 2147483647);
  return knownMessages().find(({ number }) => number === value);
}
