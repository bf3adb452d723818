import type { Advice } from "./advice";
import { azureCatalogue } from "./azure-codes";
import { connectionCodes } from "./connection-codes";
import { sqlServerNumbers } from "./sql-server-numbers";

/** The advice for the first code that has one: the cause comes before the consequence. */
export function adviceFor(codes: readonly (number | string)[]): Advice | undefined {
  for (const code of codes) {
    const advice = catalogue[code] ?? azureCatalogue[code];
    if (advice) return advice;
  }
  return undefined;
}

/** Numbers are SQL Server's (sys.messages); words in capitals are the driver's and Node's; the rest are Azure's. */
const catalogue: Readonly<Record<number | string, Advice>> = { ...connectionCodes, ...sqlServerNumbers };
