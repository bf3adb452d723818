/** Placeholder contract until the ARM half is written; see lifecycle.ts. */
export interface AzureAccess {}
