import { sqlError } from "../tsql/messages";
import { fold } from "../tsql/values/collation";
import type { Instance } from "./model";

/** sysname: at most 128 UTF-16 units. */
const longestName = 128;

/** The key of a name in the model's maps: SQL_Latin1_General_CP1_CI_AS ignores letter case and trailing blanks. */
export const nameKey = (name: string): string => fold(name);

/** An identifier as the language takes it, whatever quotes it stood in. Throws 1038, 103. */
export function checkIdentifier(name: string): void {
  if (name.length === 0) throw sqlError(1038);
  if (name.length > longestName) throw sqlError(103, name.slice(0, longestName), longestName);
}

/** A replica named so is this instance: also one that was made before the machine got another name. */
export const goesBy = ({ name, hostName }: Pick<Instance, "name" | "hostName">, replica: string): boolean =>
  [name, hostName].some((own) => nameKey(own) === nameKey(replica));

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
