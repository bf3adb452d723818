import { type Statement, sql } from "./tsql";

/**
 * One clause of a statement that a resource writes, and what the catalog shows of it. The statement that makes an object,
 * the one that alters it and the drift that a refresh tells all come from one list of clauses. So nothing is written that
 * is not read back.
 */
export interface Clause {
  /** AVAILABILITY_MODE, ENCRYPTION ... */
  readonly option: Statement;
  /** What stands behind its `=`. */
  readonly wanted: Statement;
  /** What the catalog shows, as T-SQL has it; undefined where there is no object yet. */
  readonly found?: string;
  readonly isMet: boolean;
}

/** `same`: whether what the catalog shows is what is wanted, where they are spelled differently. */
export function clause(
  option: Statement,
  wanted: Statement,
  found: string | number | null | undefined,
  same: (found: string) => boolean = (shown) => shown === wanted.text,
): Clause {
  if (found === undefined) return { option, wanted, isMet: false };
  const shown = found === null ? "NULL" : String(found);
  return { option, wanted, found: shown, isMet: same(shown) };
}

export const unmet = (clauses: readonly Clause[]): Clause[] => clauses.filter(({ isMet }) => !isMet);

/** `OPTION = wanted, ...` */
export const written = (clauses: readonly Clause[]): Statement =>
  sql.list(clauses.map(({ option, wanted }) => sql`${option} = ${wanted}`));

/** What differs from what was written, in words; undefined where nothing does. */
export function told(clauses: readonly Clause[]): string | undefined {
  const wrong = unmet(clauses).map(({ option, wanted, found }) => `${option.text} is ${found}, not ${wanted.text}`);
  return wrong.length === 0 ? undefined : wrong.join("; ");
}
