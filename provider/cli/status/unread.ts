import { entryOf } from "../../errors/catalogue";
import { scrub, scrubOurs } from "../../errors/secrets";
import { isFailure, VisibleError } from "../../errors/visible-error";
import type { Problem } from "./status-data";

/** How long a server may take to answer before the rest is shown without it. */
export const patienceMilliseconds = 60_000;

/** What could not be read, in place of what it would have told. Anything but a failure of a server is a mistake of ours, and thrown. */
export function problemOf(error: unknown, what: string): Problem {
  if (!(error instanceof VisibleError)) throw error;
  const [code] = error.codes;
  const { said = [], cause, remedy, entry = entryOf(error.codes) } = error.failure;
  if (!isFailure(error, "Deadline"))
    return {
      level: "unread",
      what,
      code,
      entry,
      said: said.map((line) => scrub(line)),
      cause: cause && scrubOurs(cause),
      remedy: remedy && scrubOurs(remedy),
    };
  return {
    level: "unread",
    what,
    code: "Deadline",
    cause: `it did not answer within ${patienceMilliseconds / 1000} seconds.`,
    remedy: "look whether it runs and can be reached from this machine; what else was asked is shown.",
  };
}
