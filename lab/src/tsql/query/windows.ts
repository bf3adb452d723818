import { sqlError } from "../messages";
import type { Call, OrderItem } from "../syntax/query";
import type { SqlType, SqlValue } from "../types";
import { fold } from "../values/collation";
import { keyOf } from "../values/compare";
import { bind } from "./bind";
import { coerce } from "./coerce";
import type { Bound, Frame, Scope } from "./scope";
import { compareKeys, type SortKey } from "./sort";

/** The rows of one partition, in the order of OVER. */
interface Partition {
  readonly frames: readonly Frame[];
  /** For each row the first one with the same place in the order, and the number of different places up to it. */
  readonly peers: readonly { readonly first: number; readonly number: number }[];
}

/** Returns the number of the row at `at`, counted from 1. */
type Ranking = (at: number, partition: Partition) => number;

export interface Windows {
  readonly scope: NonNullable<Scope["windows"]>;
  /** Numbers the rows: all of them have to be there before one can have its number. */
  calculated(frames: Iterable<Frame>): Iterable<Frame>;
}

const bigint: SqlType = { name: "bigint" };

/** Binds the ranking functions of one SELECT, and numbers its rows. */
export function windows(): Windows {
  const all: ((frames: readonly Frame[]) => void)[] = [];
  return {
    scope: {
      bind(call, over, scope) {
        // 4112: a ranking function needs an ORDER BY.
        if (over.orderBy.length === 0) throw sqlError(4112, call.name);
        // 4109: window functions cannot be nested.
        const inner: Scope = { ...scope, windows: { bind: () => fail(4109) } };
        const by = over.partitionBy.map((expression) => bind(expression, inner));
        const order = over.orderBy.map((item) => sortItem(item, inner));
        const ranking = rankingOf(call, inner);
        const found = new WeakMap<Frame, SqlValue>();
        all.push((frames) => {
          for (const partition of partitions(frames, by, order))
            for (const [at, frame] of partition.frames.entries()) found.set(frame, BigInt(ranking(at, partition)));
        });
        return { type: bigint, nullable: false, value: (frame) => found.get(frame) ?? null };
      },
    },
    calculated(frames) {
      if (all.length === 0) return frames;
      const rows = [...frames];
      for (const calculate of all) calculate(rows);
      return rows;
    },
  };
}

function fail(number: number): never {
  throw sqlError(number);
}

type SortItem = SortKey & { readonly bound: Bound };

function sortItem({ expression, descending }: OrderItem, scope: Scope): SortItem {
  // 5308: a number does not mean a position here.
  if (expression.kind === "literal") throw sqlError(typeof expression.literal.value === "number" ? 5308 : 5309);
  const bound = bind(expression, scope);
  return { bound, type: bound.type, collation: bound.collation, descending };
}

function partitions(frames: readonly Frame[], by: readonly Bound[], order: readonly SortItem[]): Partition[] {
  const groups = new Map<string, { readonly frame: Frame; readonly keys: readonly SqlValue[] }[]>();
  for (const frame of frames) {
    const key = JSON.stringify(by.map((bound) => keyOf(bound.value(frame), (text) => fold(text, bound.collation))));
    const entry = { frame, keys: order.map(({ bound }) => bound.value(frame)) };
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return [...groups.values()].map((entries) => {
    entries.sort((a, b) => compareKeys(a.keys, b.keys, order));
    const peers: Partition["peers"][number][] = [];
    for (const [at, { keys }] of entries.entries()) {
      const last = peers[at - 1];
      if (last && compareKeys(entries[at - 1]?.keys ?? [], keys, order) === 0) peers.push(last);
      else peers.push({ first: at, number: (last?.number ?? 0) + 1 });
    }
    return { frames: entries.map(({ frame }) => frame), peers };
  });
}

function rankingOf(call: Call, scope: Scope): Ranking {
  switch (call.name) {
    case "RANK":
      return (at, { peers }) => (peers[at]?.first ?? at) + 1;
    case "DENSE_RANK":
      return (at, { peers }) => peers[at]?.number ?? at + 1;
    case "NTILE":
      return tiles(call, scope);
    default:
      return (at) => at + 1;
  }
}

/** NTILE gives the first tiles one row more where they cannot all be of one size. */
function tiles({ args: [argument] }: Call, scope: Scope): Ranking {
  if (!argument) throw sqlError(174, "ntile", 1);
  const bound = coerce(bind(argument, scope), bigint);
  return (at, { frames }) => {
    const count = Number(bound.value(frames[0] ?? { row: [] }) ?? 0);
    if (count < 1) throw sqlError(4121, "ntile", "ntile");
    const [size, larger] = [Math.floor(frames.length / count), frames.length % count];
    return at < larger * (size + 1)
      ? Math.floor(at / (size + 1)) + 1
      : Math.floor((at - larger) / Math.max(1, size)) + 1;
  };
}
