import { sqlError } from "../tsql/messages";
import { fold, sameName } from "../tsql/values/collation";
import type { Instance } from "./model";

/** sysname has at most 128 UTF-16 units. */
const longestName = 128;

/** The key of a name in the model's maps, whatever the server's collation: letter case and trailing blanks do not count. */
export const nameKey = (name: string): string => fold(name, "ignoreCase");

/** Checks an identifier, whatever quotes it stood in. Throws 1038, 103. */
export function checkIdentifier(name: string): void {
  if (name.length === 0) throw sqlError(1038);
  if (name.length > longestName) throw sqlError(103, name.slice(0, longestName), longestName);
}

/** Whether a replica's name means this instance: also one from before the machine got another name. */
export const goesBy = ({ name, hostName }: Pick<Instance, "name" | "hostName">, replica: string): boolean =>
  [name, hostName].some((own) => nameKey(own) === nameKey(replica));

/** Finds what a statement names. Where the server's collation heeds letter case, the name has to match in it. */
export function findByName<T>(items: ReadonlyMap<string, T>, name: string): T | undefined {
  const found = items.get(nameKey(name));
  const isNamed = typeof found === "object" && found !== null && "name" in found;
  return isNamed && typeof found.name === "string" && !sameName(found.name, name) ? undefined : found;
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
