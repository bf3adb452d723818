import { nameKey } from "../sql-server/names";

/** Pairs of instances between which no packet passes. */
export interface Cuts {
  cut(one: string, other: string): void;
  /** Without names: every cut there is. */
  mend(one?: string, other?: string): void;
  isCut(one: string, other: string): boolean;
}

export function createCuts(): Cuts {
  const pairs = new Set<string>();
  const keyOf = (...names: readonly string[]) => names.map(nameKey).sort().join("\n");
  return {
    cut: (one, other) => pairs.add(keyOf(one, other)),
    mend: (one, other) => (one === undefined || other === undefined ? pairs.clear() : pairs.delete(keyOf(one, other))),
    isCut: (one, other) => pairs.size > 0 && pairs.has(keyOf(one, other)),
  };
}
