import type { Step } from "./finding";

/** Where a step is run that is more than words. */
export const places: Readonly<Record<Exclude<Step["how"], "words">, string>> = {
  "sql-server": "on the SQL Server",
  "managed-instance": "on the managed instance",
  powershell: "in PowerShell on the machine of the SQL Server",
  shell: "in a shell on the machine of the SQL Server",
  "azure-cli": "where az is signed in",
};
