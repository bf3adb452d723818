import { AsyncLocalStorage } from "node:async_hooks";
import { withoutTrailingBlanks } from "./blanks";

/** How strings compare: the server's default ignores case; a COLLATE clause may say otherwise. */
export type Collation = "ignoreCase" | "caseSensitive" | "binary";

const ofServer = new AsyncLocalStorage<Collation>();
let isAnyOther = false;

/** What a session does, under its server's collation: it holds where nothing says another one, and for names. */
export function underCollation<T>(name: string, work: () => T): T {
  const collation = collationOf(name) ?? "ignoreCase";
  if (collation === "ignoreCase") return work();
  isAnyOther = true;
  return ofServer.run(collation, work);
}

/** Looked up only where some server ignores no case: it is asked for each name and each string. */
export const serverCollation = (): Collation => (isAnyOther && ofServer.getStore()) || "ignoreCase";

const sensitivity = { ignoreCase: "accent", caseSensitive: "variant" } as const;
/** Made when they are first needed: the rules of a language take long to load. */
const orderings = new Map<Collation, Intl.Collator>();

function ordering(collation: keyof typeof sensitivity): Intl.Collator {
  const found = orderings.get(collation) ?? new Intl.Collator("en", { sensitivity: sensitivity[collation] });
  orderings.set(collation, found);
  return found;
}

/** undefined: no such collation (448). */
export function collationOf(name: string): Collation | undefined {
  if (/^(database|catalog)_default$/i.test(name)) return serverCollation();
  const found = /^(?:SQL_)?[a-z0-9_]+?_(BIN2?|C[IS])(?:_|$)/i.exec(name)?.[1]?.toUpperCase();
  if (!found) return undefined;
  return found.startsWith("BIN") ? "binary" : found === "CS" ? "caseSensitive" : "ignoreCase";
}

/** What makes two strings equal: not their case, not blanks at the end. */
export function fold(text: string, collation: Collation = serverCollation()): string {
  const trimmed = withoutTrailingBlanks(text);
  return collation === "ignoreCase" ? trimmed.toLowerCase() : trimmed;
}

export function compareStrings(a: string, b: string, collation: Collation): number {
  const [x, y] = [fold(a, collation), fold(b, collation)];
  if (x === y) return 0;
  // The language's order first; what it holds for equal (characters it does not know) by code.
  const order = collation === "binary" ? 0 : ordering(collation).compare(x, y);
  return order || (x < y ? -1 : 1);
}

export const sameName = (a: string, b: string): boolean => fold(a) === fold(b);
