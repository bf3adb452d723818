import type { Advice } from "./advice";
import type { Entry } from "./catalogue";
import { inFull } from "./visible-error";

/** A warning about a link that was down: what, why, and what to do. `what` completes "... when it was last looked at". */
export const notConnected = (what: string, said: readonly string[], advice?: Advice | Entry): string =>
  inFull(
    `${what} when it was last looked at: changes of the database do not arrive there. (pulumi refresh looks again.)`,
    { said, remedy: "https://aka.ms/mi-link-troubleshooting", ...advice },
  );
