import type { LabOptions } from "./options";
import { beginKeys } from "./sql-server/certificates/key-pool";

/** Begins the authority's key, the one that all servers show in TLS, Azure's, and one for each managed instance. */
export function beginKeysOfStart({ managedInstances = 1 }: LabOptions): void {
  beginKeys(3 + managedInstances);
}
