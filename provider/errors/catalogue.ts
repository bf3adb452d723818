import type { Advice } from "./advice";
import { azureCatalogue } from "./azure-codes";
import type { Code } from "./codes";
import { connectionCodes } from "./connection-codes";
import { ourCodes } from "./our-codes";
import { sqlServerNumbers } from "./sql-server-numbers";

/** Advice with the number or code that it is about, under which `docs/errors.md` and `mi-link errors` have it. */
export interface Entry extends Advice {
  readonly entry: string;
}

/** The advice for the first code that has one: the cause comes before the consequence. */
export function adviceFor(codes: readonly (number | string)[]): Entry | undefined {
  for (const code of codes) {
    const advice = Object.hasOwn(catalogue, code) ? catalogue[code] : undefined;
    if (advice) return { ...advice, entry: String(code) };
  }
  return undefined;
}

/** The entry about a failure that has words of its own: SQL Server's numbers and our own codes mean the same everywhere. */
export const entryOf = (codes: readonly (Code | string)[]): string | undefined =>
  codes.map(String).find((code) => Object.hasOwn(isNumber(code) ? catalogue : ourCodes, code));

const isNumber = (code: string): boolean => Number.isInteger(Number(code));

/** Numbers are SQL Server's (sys.messages); words in capitals are the driver's and Node's; the rest are Azure's. */
const catalogue: Readonly<Record<number | string, Advice>> = {
  ...azureCatalogue,
  ...connectionCodes,
  ...sqlServerNumbers,
};

/** Everything that is known, in groups as a reader looks for it. */
export const wholeCatalogue: Readonly<Record<string, Readonly<Record<string, Advice>>>> = {
  "SQL Server's numbers": only(isNumber),
  "The connection to SQL Server": only((code) => !isNumber(code) && Object.hasOwn(connectionCodes, code)),
  "Azure's codes": only((code) => !isNumber(code) && Object.hasOwn(azureCatalogue, code)),
  "Codes of pulumi-mi-link": ourCodes,
};

function only(isOfGroup: (code: string) => boolean): Readonly<Record<string, Advice>> {
  return Object.fromEntries(Object.entries(catalogue).filter(([code]) => isOfGroup(code)));
}

/** The last line of a message: where there is more about it. */
export const moreAbout = (entry: string): string => `  More: ${explaining(entry)} (docs/errors.md#${anchorOf(entry)})`;

/** The command that explains an entry. */
export const explaining = (entry: string): string =>
  `npx mi-link errors ${entry.split(" ").length > 1 ? JSON.stringify(entry) : entry}`;

/** The anchor of an entry in `docs/errors.md`: as every renderer of Markdown makes it from the heading. */
export const anchorOf = (entry: string): string => entry.toLowerCase().replaceAll(" ", "-");
