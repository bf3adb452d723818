import { SqlError, sqlError } from "../messages";
import type { Statement } from "../syntax";
import type { Typed } from "../types";
import { textOf } from "../values/convert";
import type { Flow, Run } from "./run";
import { evaluate } from "./statement";

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
  const severity = Math.min(25, Math.max(0, Number(severityValue.value)));
  const state = Math.min(255, Math.abs(Number(stateValue.value)));
  if (severity > 18 && !(statement.log && run.session.isSysadmin)) throw sqlError(2754);
  // 18054: the lab has no messages of the user's own.
  if (typeof message.value === "number") throw sqlError(18054, message.value, severity, state);
  const text = formatted(textOf(message.value, message.type), args).slice(0, longestMessage);
  if (severity > 10) throw new SqlError(50000, severity, text, state);
  run.sink.info({ number: 50000, severity, state, text, line: statement.line });
  run.context.last.error = 0;
  run.context.last.rowCount = 0;
  return "next";
}

const longestMessage = 2047;

/** %s, %d, %i, %u, %x, %X, %o with flags, width and precision; %% is a percent sign. */
function formatted(template: string, args: readonly Typed[]): string {
  let next = 0;
  return template.replace(
    /%(?:%|([-+0 #]*)(\d*)(?:\.(\d+))?(?:I64|l|h)?([sdiuxXo]))/g,
    (all, flags: string, width: string, precision: string | undefined, kind: string) => {
      if (all === "%%") return "%";
      const argument = args[next++];
      const text = argument && argument.value !== null ? converted(argument, kind) : "(null)";
      const cut = kind === "s" && precision !== undefined ? text.slice(0, Number(precision)) : text;
      const length = Math.min(longestMessage, Number(width));
      if (flags.includes("-")) return cut.padEnd(length);
      return cut.padStart(length, flags.includes("0") && kind !== "s" ? "0" : " ");
    },
  );
}

function converted(argument: Typed, kind: string): string {
  if (kind === "s") return textOf(argument.value, argument.type);
  const written = textOf(argument.value, argument.type);
  // 2786: text where the format asks for a number
  if (!/^-?\d+$/.test(written)) throw sqlError(2786, 1);
  const number = BigInt(written);
  if (kind === "x" || kind === "X" || kind === "o") {
    const text = BigInt.asUintN(number < 0n ? 32 : 64, number).toString(kind === "o" ? 8 : 16);
    return kind === "X" ? text.toUpperCase() : text;
  }
  return number.toString();
}
