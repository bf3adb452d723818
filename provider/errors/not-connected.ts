import type { Advice } from "./advice";
import { type Entry, moreAbout } from "./catalogue";

/** A warning about a link that was down: what, why, and what to do. `what` completes "... when it was last looked at". */
export function notConnected(what: string, said: readonly string[], advice: Advice | Entry | undefined): string {
  return [
    `${what} when it was last looked at: changes of the database do not arrive there. (pulumi refresh looks again.)`,
    ...said.map((line) => `  ${line}`),
    ...(advice ? [`  Likely cause: ${advice.cause}`] : []),
    `  What to do: ${advice?.remedy ?? "https://aka.ms/mi-link-troubleshooting"}`,
    ...(advice && "entry" in advice ? [moreAbout(advice.entry)] : []),
  ].join("\n");
}
