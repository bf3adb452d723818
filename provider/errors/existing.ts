import type { Advice } from "./advice";

/** What is there and not in the state of the resource that wants it. */
export interface Existing {
  /** How to see whether something uses it: before that nothing is dropped. */
  readonly look: string;
  /** How both can be there: "give another groupName". */
  readonly instead?: string;
  /** What is so with this kind of object, a whole sentence. */
  readonly because?: string;
}

/** Lines of "What to do" stand below each other. */
export const nextLine = "\n              ";

/**
 * The one explanation of something that is there already. It is this stack's own more often than somebody else's, and
 * may be in use in any case, so no remedy says to drop it: it says how to look.
 */
export function existing({ look, instead, because }: Existing): Advice {
  return {
    cause: [
      because ? `${because} The` : "the",
      "state of this resource does not have it. It may be this stack's own all the same: a resource or component was renamed without aliases, two resources mean one object, or an earlier run was killed. Otherwise somebody else made it.",
    ].join(" "),
    remedy: [
      'if it was renamed: the option aliases: [{ name: "<old name>" }] on the resource, or on the component that it is part of; or pulumi state rename.',
      `If two resources mean one object: declare it once${instead ? `, or ${instead}` : ""}.`,
      `If an earlier run was killed, or somebody else made it: see whether something uses it: ${look}`,
      `What something uses must stay. What nothing uses can be removed by hand; then run pulumi up again.`,
    ].join(nextLine),
  };
}
