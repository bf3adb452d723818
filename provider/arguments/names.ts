import type { Property } from "./property";

/** `sysname` is nvarchar(128) NOT NULL: 1 to 128 UTF-16 units. Anything else is allowed in it, as names are always delimited. */
export function sysnameProblem(name: string): string | undefined {
  if (name.length === 0) return "must not be empty";
  if (name.length > 128) return `must have at most 128 characters (SQL Server's sysname); it has ${name.length}`;
  if (name.includes("\0")) return "must not hold the character U+0000";
  if (!name.isWellFormed()) return "must not hold half of a surrogate pair";
  return undefined;
}

/** The name of an object on SQL Server. */
export const sysname = (onChange: "update" | "replace"): Property<string> => ({
  type: "string",
  required: true,
  onChange,
  check: sysnameProblem,
  same: sameName,
});

/** The name of a database that a link can replicate: user databases only (feature overview, "Limitations"). */
export const userDatabaseName: Property<string> = {
  ...sysname("replace"),
  check: (name) => sysnameProblem(name) ?? systemDatabaseProblem(name),
};

function systemDatabaseProblem(name: string): string | undefined {
  if (!["master", "model", "msdb", "tempdb"].includes(name.toLowerCase())) return undefined;
  return `must be a user database: ${name} is a system database, which a link cannot replicate (35249)`;
}

/**
 * A name that both sides use: an object on SQL Server and the last segment of an Azure resource id.
 * Azure Resource Manager refuses control characters, < > * % & : \ / ? and a blank or full stop at the end.
 */
export const sharedName = (onChange: "update" | "replace"): Property<string> => ({
  ...sysname(onChange),
  check: sharedNameProblem,
});

export function sharedNameProblem(name: string): string | undefined {
  return sysnameProblem(name) ?? azureNameProblem(name);
}

function azureNameProblem(name: string): string | undefined {
  const refused = /[<>*%&:\\/?#\p{Cc}]/u.exec(name);
  if (refused)
    return `must not hold ${JSON.stringify(refused[0])}: it is part of an Azure resource id, where Azure does not allow it`;
  if (/[\s.]$/.test(name)) return "must not end with a blank or a full stop: it is part of an Azure resource id";
  return undefined;
}

/**
 * Compares names as the catalog does under the usual case-insensitive collations: one character with one character. So
 * neither the two i of Turkish nor the Kelvin sign and K, which JavaScript folds together, make one object of two.
 */
export function sameName(a: string, b: string): boolean {
  return a.length === b.length && Array.from({ length: a.length }).every((_, i) => sameUnit(a.charAt(i), b.charAt(i)));
}

const sameUnit = (a: string, b: string): boolean =>
  a === b || (a.toLowerCase() === b.toLowerCase() && a.toUpperCase() === b.toUpperCase());
