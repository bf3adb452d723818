import { AsyncLocalStorage } from "node:async_hooks";
import { withoutTrailingBlanks } from "./blanks";

/** How strings compare: the server's default ignores letter case; a COLLATE clause may say otherwise. */
export type Collation = "ignoreCase" | "caseSensitive" | "binary";

const ofServer = new AsyncLocalStorage<Collation>();
let isAnyOther = false;

/** Runs `work` under a server's collation, which counts for names and for strings without another one. */
export function underCollation<T>(name: string, work: () => T): T {
  const collation = collationOf(name) ?? "ignoreCase";
  if (collation === "ignoreCase") return work();
  isAnyOther = true;
  return ofServer.run(collation, work);
}

/** The server's collation. Names and strings ask for it so often that it is looked up only if some server heeds letter case. */
export const serverCollation = (): Collation => (isAnyOther && ofServer.getStore()) || "ignoreCase";

const sensitivity = { ignoreCase: "accent", caseSensitive: "variant" } as const;
/** The rules of a language take long to load, so that a collator is made when it is first needed. */
const orderings = new Map<Collation, Intl.Collator>();

function ordering(collation: keyof typeof sensitivity): Intl.Collator {
  const found = orderings.get(collation) ?? new Intl.Collator("en", { sensitivity: sensitivity[collation] });
  orderings.set(collation, found);
  return found;
}

/** The collation of that name; undefined: there is none (448). */
export function collationOf(name: string): Collation | undefined {
  if (/^(database|catalog)_default$/i.test(name)) return serverCollation();
  const found = /^(?:SQL_)?[a-z0-9_]+?_(BIN2?|C[IS])(?:_|$)/i.exec(name)?.[1]?.toUpperCase();
  if (!found) return undefined;
  return found.startsWith("BIN") ? "binary" : found === "CS" ? "caseSensitive" : "ignoreCase";
}

/** Makes equal strings the same: blanks at the end do not count, letter case only where the collation heeds it. */
export function fold(text: string, collation: Collation = serverCollation()): string {
  const trimmed = withoutTrailingBlanks(text);
  return collation === "ignoreCase" ? trimmed.toLowerCase() : trimmed;
}

export function compareStrings(a: string, b: string, collation: Collation): number {
  const [x, y] = [fold(a, collation), fold(b, collation)];
  if (x === y) return 0;
  // The language's order comes first; characters that it does not tell apart compare by code.
  const order = collation === "binary" ? 0 : ordering(collation).compare(x, y);
  return order || (x < y ? -1 : 1);
}

export const sameName = (a: string, b: string): boolean => fold(a) === fold(b);
