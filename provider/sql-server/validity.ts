/** Validity of a certificate when it was last looked at. A word: a number of days would differ with every look. */
export type Validity = "Valid" | "ExpiresSoon" | "Expired";

/** How long "soon" is: enough to plan a change. */
const soonMilliseconds = 30 * 86_400_000;

export function validityAt(now: Date, expiry: Date): Validity {
  const left = expiry.getTime() - now.getTime();
  if (left <= 0) return "Expired";
  return left <= soonMilliseconds ? "ExpiresSoon" : "Valid";
}

/** What a state holds of a certificate. States of earlier versions have no `validity`. */
export interface RecordedValidity {
  readonly expiryDate?: string;
  readonly validity?: Validity;
}

/**
 * Warns of a certificate that expires soon or has expired, by this machine's clock now or by the server's at the last look.
 * `certificate` is the subject of the sentence; `consequence` and `remedy` are whole sentences.
 */
export function expiryWarnings(
  { expiryDate, validity = "Valid" }: RecordedValidity,
  now: Date,
  certificate: string,
  consequence: string,
  remedy: string,
): string[] {
  if (expiryDate === undefined) return [];
  const here = validityHere(now, expiryDate);
  const ends = { Valid: undefined, ExpiresSoon: "expires", Expired: "expired" }[
    [here, validity].includes("Expired") ? "Expired" : here === "ExpiresSoon" ? here : validity
  ];
  if (ends === undefined) return [];
  const date = expiryDate.slice(0, 10);
  return [`${certificate} ${ends} on ${date} (UTC). ${consequence}\n  What to do: ${remedy}`];
}

/** A date without a time may mean its beginning, so the end is near from there on; it has passed for sure with its day. */
function validityHere(now: Date, date: string): Validity {
  if (validityAt(now, new Date(date.length > 10 ? date : `${date}T23:59:59.999Z`)) === "Expired") return "Expired";
  return validityAt(now, new Date(date)) === "Valid" ? "Valid" : "ExpiresSoon";
}
