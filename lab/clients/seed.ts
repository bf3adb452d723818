import { readFileSync } from "node:fs";
import { fixture } from "../tests/support/place";

/** The reader's own values in the procedure. The servers are called sqlserver1 and sqlmi1 there and here. */
export interface SeedValues {
  readonly database: string;
  readonly sqlServer: string;
  readonly sqlServerAddress: string;
  readonly instance: string;
  readonly instanceFqdn: string;
  /** DER in hexadecimal digits, known from batch 8 on. */
  readonly instanceCertificate?: string;
}

export const expiry = { written: "03/30/2035", year: "2035" };
export const endpointName = "database_mirroring_endpoint";

/** The procedure's 25 batches as they stand, but for names, addresses, the expiry date and the one shortened key. */
export const seedBatches: readonly string[] = (
  JSON.parse(readFileSync(fixture("seed_batches.json"), "utf8")) as readonly { readonly full: string }[]
).map(({ full }) => full);

export function filled(batch: string, values: SeedValues): string {
  const replacements: readonly (readonly [written: string, own: string])[] = [
    ["db01", values.database],
    ["Cert_s1_endpoint", certificateName(values)],
    ["10.0.0.4", values.sqlServerAddress],
    ["sqlmi1.73d19f36a420a.database.windows.net", values.instanceFqdn],
    ["03/30/2025", expiry.written],
    ["[ep1]", `[${endpointName}]`],
  ];
  const named = replacements.reduce((text, [written, own]) => text.replaceAll(written, () => own), batch);
  // The page shows the first bytes of a key only.
  return named.replace(/(?<=FROM BINARY = )0x3082033E$/, () => `0x${values.instanceCertificate}`);
}

export const certificateName = ({ sqlServer }: SeedValues) => `Cert_${sqlServer}_endpoint`;
export const groupName = ({ database }: SeedValues) => `AG_${database}`;
export const linkName = ({ database }: SeedValues) => `DAG_${database}`;
