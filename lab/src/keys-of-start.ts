import type { LabOptions } from "./options";
import { beginKeys } from "./sql-server/certificates/key-pool";

/** The authority's, the one that all show in TLS, Azure's, and each managed instance's. */
export function beginKeysOfStart({ managedInstances = 1 }: LabOptions): void {
  beginKeys(3 + managedInstances);
}
