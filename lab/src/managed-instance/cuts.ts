import { nameKey } from "../sql-server/names";

/** What does not pass between instances. */
export interface Cuts {
  /** No packet passes. */
  cut(one: string, other: string): void;
  /** No connection is opened in this direction, as by a firewall; with a port, none to that one. */
  block(from: string, to: string, port?: number): void;
  /** Without names: every cut and block there is. */
  mend(one?: string, other?: string): void;
  /** Whether there is anything between the two: a link needs every port in both directions. */
  isCut(one: string, other: string): boolean;
  isBlocked(from: string, to: string, port: number): boolean;
}

export function createCuts(): Cuts {
  const blocked = new Set<string>();
  const way = (from: string, to: string) => `${nameKey(from)}\n${nameKey(to)}\n`;
  const between = (one: string, other: string) =>
    [...blocked].filter((key) => key.startsWith(way(one, other)) || key.startsWith(way(other, one)));
  const block = (from: string, to: string, port?: number) => void blocked.add(way(from, to) + (port ?? ""));
  return {
    cut(one, other) {
      block(one, other);
      block(other, one);
    },
    block,
    mend(one, other) {
      if (one === undefined || other === undefined) blocked.clear();
      else for (const key of between(one, other)) blocked.delete(key);
    },
    isCut: (one, other) => blocked.size > 0 && between(one, other).length > 0,
    isBlocked: (from, to, port) => blocked.has(way(from, to)) || blocked.has(way(from, to) + port),
  };
}
