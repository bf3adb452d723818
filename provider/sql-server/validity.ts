/** Of a certificate when it was last looked at. A word, as a number of days would differ with every look. */
export type Validity = "Valid" | "ExpiresSoon" | "Expired";

/** "Soon": enough for a change to be planned. */
const soonMilliseconds = 30 * 86_400_000;

export function validityAt(now: Date, expiry: Date): Validity {
  const left = expiry.getTime() - now.getTime();
  if (left <= 0) return "Expired";
  return left <= soonMilliseconds ? "ExpiresSoon" : "Valid";
}

/** What is recorded of a certificate. States of earlier versions have no `validity`. */
export interface RecordedValidity {
  readonly expiryDate?: string;
  readonly validity?: Validity;
}

/**
 * The end of a certificate that comes or has come, by the later of this machine's clock and the server's at the last
 * look. `certificate` names it, `consequence` and `remedy` are whole sentences.
 */
export function expiryWarnings(
  { expiryDate, validity = "Valid" }: RecordedValidity,
  now: Date,
  certificate: string,
  consequence: string,
  remedy: string,
): string[] {
  if (expiryDate === undefined) return [];
  const here = validityAt(now, endOf(expiryDate));
  const ends = { Valid: undefined, ExpiresSoon: "expires", Expired: "expired" }[
    [here, validity].includes("Expired") ? "Expired" : here === "ExpiresSoon" ? here : validity
  ];
  if (ends === undefined) return [];
  const date = expiryDate.slice(0, 10);
  return [`${certificate} ${ends} on ${date} (UTC). ${consequence}\n  What to do: ${remedy}`];
}

/** A date without a time may be any moment of its day. */
const endOf = (date: string): Date => new Date(date.length > 10 ? date : `${date}T23:59:59.999Z`);
