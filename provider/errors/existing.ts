import type { Advice } from "./advice";

/** An object that a resource wants to make and that exists already, outside its state. */
export interface Existing {
  /** How to see whether something uses it: before that nothing is dropped. */
  readonly look: string;
  /** How to do without a clash: "give another groupName". */
  readonly instead?: string;
  /** What is special about this kind of object: a whole sentence before the cause. */
  readonly because?: string;
}

/** Begins another line of "What to do", below the first. */
export const nextLine = "\n              ";

/**
 * The one text about an object that exists already. More often than not this stack made it itself, and in any case it may
 * be in use. So the remedy never says to drop it, but how to see what uses it.
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
