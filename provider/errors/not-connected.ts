import { adviceFor } from "./catalogue";

/** A warning about a link that was down: what, why, and what to do. `what` completes "... when it was last looked at". */
export function notConnected(what: string, said: readonly string[], codes: readonly (number | string)[]): string {
  const { cause, remedy } = adviceFor(codes) ?? { cause: undefined, remedy: "https://aka.ms/mi-link-troubleshooting" };
  return [
    `${what} when it was last looked at: changes of the database do not arrive there. (pulumi refresh looks again.)`,
    ...said.map((line) => `  ${line}`),
    ...(cause === undefined ? [] : [`  Likely cause: ${cause}`]),
    `  What to do: ${remedy}`,
  ].join("\n");
}
