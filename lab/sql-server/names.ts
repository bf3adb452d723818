import { sqlError } from "../tsql/messages";
import { fold } from "../tsql/values/collation";

/** sysname: at most 128 UTF-16 units. */
const longestName = 128;

/** The key of a name in the model's maps: SQL_Latin1_General_CP1_CI_AS ignores letter case and trailing blanks. */
export const nameKey = (name: string): string => fold(name);

/** An identifier as the language takes it, whatever quotes it stood in. Throws 1038, 103. */
export function checkIdentifier(name: string): void {
  if (name.length === 0) throw sqlError(1038);
  if (name.length > longestName) throw sqlError(103, name.slice(0, longestName), longestName);
}

/** LIKE-free lookup of what a statement names. */
export function findByName<T>(items: ReadonlyMap<string, T>, name: string): T | undefined {
  return items.get(nameKey(name));
}

export function firstDuplicate(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => {
    const key = nameKey(name);
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
}

export function newGuid(): string {
  return crypto.randomUUID().toUpperCase();
}
