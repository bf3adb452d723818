import { type Aggregate, aggregate, isAggregate } from "../functions/aggregates";
import { sqlError } from "../messages";
import type { Call, FrameBound, OrderItem, Window } from "../syntax";
import { int, type SqlType, type SqlValue } from "../types";
import { fold } from "../values/collation";
import { keyOf } from "../values/compare";
import { bind, coerce } from "./bind";
import type { Bound, Frame, Scope } from "./scope";
import { compareKeys, type SortKey } from "./select";

/** The rows of one partition, in the order of OVER, and which of them count as equal in it. */
interface Partition {
  readonly frames: readonly Frame[];
  /** For each row: the first row that is equal in the order, and the first one behind that is not. */
  readonly peers: readonly { readonly first: number; readonly end: number; readonly number: number }[];
}
interface Calculated {
  readonly type: SqlType;
  readonly nullable: boolean;
  /** One value for each row. */
  values(partition: Partition): readonly SqlValue[];
}

export interface Windows {
  readonly scope: NonNullable<Scope["windows"]>;
  /** The rows, all of which have to be there before one of them can be asked for its values. */
  calculated(frames: Iterable<Frame>): Iterable<Frame>;
}

export function windows(): Windows {
  const all: ((frames: readonly Frame[]) => void)[] = [];
  return {
    scope: {
      bind(call, over, scope) {
        // 4109: no window function inside of another one.
        const inner: Scope = { ...scope, windows: { bind: () => fail(4109) } };
        const by = over.partitionBy.map((expression) => bind(expression, inner));
        const order = over.orderBy.map((item) => sortItem(item, inner));
        const { values, type, nullable } = calculation(call, over, inner);
        const found = new WeakMap<Frame, SqlValue>();
        all.push((frames) => {
          for (const partition of partitions(frames, by, order)) {
            const results = values(partition);
            for (const [at, frame] of partition.frames.entries()) found.set(frame, results[at] ?? null);
          }
        });
        return { type, nullable, value: (frame) => found.get(frame) ?? null };
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
  // 5308: a number is no position here.
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
    const peers: { readonly first: number; end: number; readonly number: number }[] = [];
    for (const [at, { keys }] of entries.entries()) {
      const last = peers[at - 1];
      if (last && compareKeys(entries[at - 1]?.keys ?? [], keys, order) === 0) peers.push(last);
      else peers.push({ first: at, end: at, number: (last?.number ?? 0) + 1 });
      (peers[at] as { end: number }).end = at + 1;
    }
    return { frames: entries.map(({ frame }) => frame), peers };
  });
}

function calculation(call: Call, over: Window, scope: Scope): Calculated {
  const { name } = call;
  if (call.distinct) throw sqlError(10759);
  const ranking = rankings[name];
  if (ranking) {
    // 4112: what numbers rows has to be told their order; 10752: and takes no frame.
    if (over.orderBy.length === 0) throw sqlError(4112, name);
    if (over.frame) throw sqlError(10752, name);
    return ranking(call, scope);
  }
  if (name === "FIRST_VALUE" || name === "LAST_VALUE") return endOfFrame(call, over, scope);
  if (!isAggregate(name)) throw sqlError(4113, name.toLowerCase());
  if (name === "STRING_AGG") throw sqlError(4113, name.toLowerCase());
  const args = call.args.map((argument) => bind(argument, scope));
  const found = aggregate(name, args, { distinct: false, star: call.star, order: [] });
  return { type: found.type, nullable: found.nullable, values: (rows) => aggregated(found, rows, over) };
}

/** A frame that only grows is added up as it grows; rows with the same frame share its value. */
function aggregated({ start }: Pick<Aggregate, "start">, { frames, peers }: Partition, over: Window): SqlValue[] {
  let running = start();
  let [first, next] = [0, 0];
  let value = running.result();
  return frames.map((_, at) => {
    const [from, to] = frameAt(over, at, frames.length, peers);
    if (from !== first || to < next) {
      running = start();
      [first, next] = [from, from];
      value = running.result();
    }
    if (next >= to) return value;
    for (; next < to; next++) running.add(frames[next] as Frame);
    value = running.result();
    return value;
  });
}

/** First row of the frame, and the first one behind it. */
function frameAt(over: Window, at: number, count: number, peers: Partition["peers"]): readonly [number, number] {
  if (over.orderBy.length === 0) return [0, count];
  const { unit, from, to } = over.frame ?? { unit: "range", from: "unboundedPreceding", to: 0 };
  const peer = peers[at] ?? { first: at, end: at + 1, number: at + 1 };
  const position = (bound: FrameBound, isEnd: boolean): number => {
    if (bound === "unboundedPreceding") return 0;
    if (bound === "unboundedFollowing") return count;
    if (unit === "range") return isEnd ? peer.end : peer.first;
    return Math.min(count, Math.max(0, at + bound + (isEnd ? 1 : 0)));
  };
  return [position(from, false), position(to, true)];
}

const bigint: SqlType = { name: "bigint" };
const numbering =
  (number: (at: number, partition: Partition) => number): ((call: Call) => Calculated) =>
  () => ({
    type: bigint,
    nullable: false,
    values: (partition) => partition.frames.map((_, at) => BigInt(number(at, partition))),
  });
const share =
  (part: (at: number, partition: Partition) => number): ((call: Call) => Calculated) =>
  () => ({
    type: { name: "float" },
    nullable: false,
    values: (partition) => partition.frames.map((_, at) => part(at, partition)),
  });

const rankings: Readonly<Record<string, ((call: Call, scope: Scope) => Calculated) | undefined>> = {
  ROW_NUMBER: numbering((at) => at + 1),
  RANK: numbering((at, { peers }) => (peers[at]?.first ?? at) + 1),
  DENSE_RANK: numbering((at, { peers }) => peers[at]?.number ?? at + 1),
  PERCENT_RANK: share((at, { peers, frames }) =>
    frames.length < 2 ? 0 : (peers[at]?.first ?? 0) / (frames.length - 1),
  ),
  CUME_DIST: share((at, { peers, frames }) => (peers[at]?.end ?? 0) / frames.length),
  NTILE: tiles,
  LAG: (call, scope) => neighbour(call, scope, -1),
  LEAD: (call, scope) => neighbour(call, scope, 1),
};

function tiles(call: Call, scope: Scope): Calculated {
  const [argument] = call.args;
  if (!argument) throw sqlError(174, "ntile", 1);
  const bound = coerce(bind(argument, scope), bigint);
  return {
    type: bigint,
    nullable: false,
    values({ frames }) {
      const count = Number(bound.value(frames[0] ?? { row: [] }) ?? 0);
      if (count < 1) throw sqlError(4121, "ntile", "ntile");
      const [size, larger] = [Math.floor(frames.length / count), frames.length % count];
      return frames.map((_, at) =>
        BigInt(
          at < larger * (size + 1)
            ? Math.floor(at / (size + 1)) + 1
            : Math.floor((at - larger) / Math.max(1, size)) + 1,
        ),
      );
    },
  };
}

/** LAG and LEAD: the value of a row so many rows away. */
function neighbour(call: Call, scope: Scope, direction: 1 | -1): Calculated {
  const [first, second, third] = call.args.map((argument) => bind(argument, scope));
  if (!first || call.args.length > 3) throw sqlError(189, call.name.toLowerCase(), 1, 3);
  const offset = second && coerce(second, int);
  const fallback = third && coerce(third, first.type);
  return {
    type: first.type,
    nullable: true,
    values: ({ frames }) =>
      frames.map((frame, at) => {
        const distance = offset ? Number(offset.value(frame) ?? 0) : 1;
        if (distance < 0) throw sqlError(8730, call.name);
        const found = call.ignoresNulls
          ? present(frames, at, direction, first)[distance - 1]
          : frames[at + direction * distance];
        return (found ? first.value(found) : fallback?.value(frame)) ?? null;
      }),
  };
}

/** The rows before or behind that have a value. */
function present(frames: readonly Frame[], at: number, direction: 1 | -1, bound: Bound): Frame[] {
  const others = direction === 1 ? frames.slice(at + 1) : frames.slice(0, at).reverse();
  return others.filter((other) => bound.value(other) !== null);
}

/** FIRST_VALUE and LAST_VALUE of the frame. */
function endOfFrame(call: Call, over: Window, scope: Scope): Calculated {
  const [argument] = call.args;
  if (!argument) throw sqlError(174, call.name.toLowerCase(), 1);
  if (over.orderBy.length === 0) throw sqlError(4112, call.name);
  const bound = bind(argument, scope);
  return {
    type: bound.type,
    nullable: true,
    values: ({ frames, peers }) =>
      frames.map((_, at) => {
        const [from, to] = frameAt(over, at, frames.length, peers);
        const inFrame = frames.slice(from, to);
        const order = call.name === "FIRST_VALUE" ? inFrame : inFrame.reverse();
        const found = call.ignoresNulls ? order.find((frame) => bound.value(frame) !== null) : order[0];
        return found ? bound.value(found) : null;
      }),
  };
}
