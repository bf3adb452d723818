/** The fixed server roles with their principal_id; public is a role too, but not fixed. */
export const serverRoles: readonly { readonly name: string; readonly principalId: number }[] = [
  { name: "public", principalId: 2 },
  { name: "sysadmin", principalId: 3 },
  { name: "securityadmin", principalId: 4 },
  { name: "serveradmin", principalId: 5 },
  { name: "setupadmin", principalId: 6 },
  { name: "processadmin", principalId: 7 },
  { name: "diskadmin", principalId: 8 },
  { name: "dbcreator", principalId: 9 },
  { name: "bulkadmin", principalId: 10 },
];
