import { sqlError } from "../messages";
import type { Typed } from "../types";
import { textOf } from "./convert";

const longest = 2047;

/**
 * Fills in %s, %d, %i, %u, %x, %X and %o with flags, width and precision; %% is a percent sign. The result is cut at
 * 2,047 characters.
 */
export function formatted(template: string, args: readonly Typed[]): string {
  let next = 0;
  const text = template.replace(
    /%(?:%|([-+0 #]*)(\d*)(?:\.(\d+))?(?:I64|l|h)?([sdiuxXo]))/g,
    (all, flags: string, width: string, precision: string | undefined, kind: string) => {
      if (all === "%%") return "%";
      const argument = args[next++];
      const text = argument && argument.value !== null ? converted(argument, kind) : "(null)";
      const cut = kind === "s" && precision !== undefined ? text.slice(0, Number(precision)) : text;
      const length = Math.min(longest, Number(width));
      if (flags.includes("-")) return cut.padEnd(length);
      return cut.padStart(length, flags.includes("0") && kind !== "s" ? "0" : " ");
    },
  );
  return text.slice(0, longest);
}

function converted(argument: Typed, kind: string): string {
  if (kind === "s") return textOf(argument.value, argument.type);
  const written = textOf(argument.value, argument.type);
  // 2786: the format asks for a number.
  if (!/^-?\d+$/.test(written)) throw sqlError(2786, 1);
  const number = BigInt(written);
  if (kind === "x" || kind === "X" || kind === "o") {
    const text = BigInt.asUintN(number < 0n ? 32 : 64, number).toString(kind === "o" ? 8 : 16);
    return kind === "X" ? text.toUpperCase() : text;
  }
  return number.toString();
}
