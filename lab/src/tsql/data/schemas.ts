import type { StoredObject } from "../stored";

/** Their ids are 1 to 4. */
const builtInSchemas: readonly string[] = ["dbo", "guest", "INFORMATION_SCHEMA", "sys"];

export interface Schema {
  readonly id: number;
  readonly name: string;
}

/** The schemas that every database has, then the user's. */
export function schemasOf(objects: Iterable<StoredObject>): readonly Schema[] {
  const own = [...objects].filter(({ kind }) => kind === "schema");
  return [...builtInSchemas.map((name, index) => ({ id: index + 1, name })), ...own];
}
