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
  const { thumbprint, expiryDate, validity } = found;
  return { name: found.name, thumbprint, expiryDate, validity };
}
