import { sameName } from "../../arguments/names";
import type { ServerSide } from "./server-side";
import type { CertificateStatus } from "./status-data";

/** A certificate of a SQL Server, by its name. */
export function shownCertificate(
  { certificates }: ServerSide,
  name: string | undefined,
): CertificateStatus | undefined {
  const found = name === undefined ? undefined : certificates?.find((one) => sameName(one.name, name));
  if (!found) return undefined;
  const { thumbprint, expiryDate, validity, now } = found;
  return { name: found.name, thumbprint, expiryDate, validity, daysLeft: daysUntil(expiryDate, now) };
}

/** Days until a date (`YYYY-MM-DD`) begins. */
export const daysUntil = (date: string, now: Date): number =>
  Math.floor((Date.parse(date) - now.getTime()) / 86_400_000);
