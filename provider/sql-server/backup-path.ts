import { createHash } from "node:crypto";

/**
 * Keeps of the name what every file system takes. A hash of the whole name follows where that is less, or has capital
 * letters: it tells databases apart whose names are the same to a file system, as SQL Server refuses two backups at once
 * into one file (3201).
 */
export function backupPath(directory: string | undefined, databaseName: string): string {
  const safe = databaseName.replace(/[^\p{L}\p{N}_.-]/gu, "_").slice(0, 100);
  const hash = createHash("sha256").update(databaseName).digest("hex").slice(0, 8);
  const file = `${safe}${safe === databaseName.toLowerCase() ? "" : `_${hash}`}_mi-link.bak`;
  if (!directory) return file;
  const separator = directory.includes("\\") ? "\\" : "/";
  return `${directory}${/[\\/]$/.test(directory) ? "" : separator}${file}`;
}
