import { millisecondsOf } from "../../arguments/duration";

/** What a state says of the certificate's end, and of when it is to be replaced. */
export interface Rotating {
  readonly certificateName: string;
  readonly rotateBefore?: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly expiryDate?: string;
  /** Less than `rotateBefore` was left by SQL Server's clock when it was last looked at. */
  readonly rotationDue?: boolean;
}

const oneDay = 86_400_000;

/** SQL Server's certificates last for a year, and its clock may differ from this machine's: a new one must not be due at once. */
const longest = 330 * oneDay;

/** Words that end the sentence "rotateBefore ...". */
export function rotateBeforeProblem(given: string): string | undefined {
  const milliseconds = millisecondsOf(given);
  if (milliseconds === undefined || milliseconds === 0)
    return `must be a number of hours, days or weeks, as in "36h", "60d" and "8w"; it is ${JSON.stringify(given)}`;
  if (milliseconds > longest)
    return `must be at most 330d, as a certificate is valid for a year: each run would replace the one before; it is ${given}`;
  return undefined;
}

/** The moment from which on less than `rotateBefore` is left. A date means the beginning of its day: rather early than late. */
function dueFrom(expiryDate: string | undefined, rotateBefore: string | undefined): Date | undefined {
  const before = millisecondsOf(rotateBefore ?? "");
  if (expiryDate === undefined || before === undefined) return undefined;
  return new Date(new Date(expiryDate).getTime() - before);
}

const isPast = (moment: Date | undefined, now: Date): boolean => moment !== undefined && moment <= now;

/** To be recorded at a look, by the server's clock. */
export const rotationDueAt = (expiryDate: string, rotateBefore: string | undefined, now: Date): true | undefined =>
  isPast(dueFrom(expiryDate, rotateBefore), now) || undefined;

/** Whether the clock of this machine would have a certificate replaced that was made just now. */
export const dueAtOnce = (expiryDate: string, rotateBefore: string, now: Date): boolean =>
  isPast(dueFrom(expiryDate, rotateBefore), now);

/**
 * Whether the certificate is to be replaced now: by this machine's clock, or by the server's at the last look, whichever is
 * further. The server's decides what is valid; this machine's is the one that a preview has.
 */
export function isDue(state: Rotating, rotateBefore: string | undefined, now: Date): boolean {
  if (isPast(dueFrom(state.expiryDate, rotateBefore), now)) return true;
  const [asked = 0, looked = 0] = [rotateBefore, state.rotateBefore].map((each) => millisecondsOf(each ?? ""));
  return state.rotationDue === true && asked > 0 && asked >= looked;
}

/** Says why a preview shows a new certificate; a day before too, as time passes between a preview and its `up`. */
export function rotationNotice(state: Rotating, now: Date): string[] {
  const from = dueFrom(state.expiryDate, state.rotateBefore);
  if (from === undefined || !isDue(state, state.rotateBefore, new Date(now.getTime() + oneDay))) return [];
  // Where it is due, the up that does it says so too.
  const up = isDue(state, state.rotateBefore, now)
    ? "pulumi up"
    : `the next pulumi up from ${from.toISOString().slice(0, 16)} (UTC) on`;
  return [
    `The certificate ${state.certificateName} of SQL Server's mirroring endpoint ends on ${state.expiryDate} (UTC), and rotateBefore is ${state.rotateBefore}: ${up} makes a new certificate, uploads it, gives it to the endpoint, and removes this one.`,
  ];
}
