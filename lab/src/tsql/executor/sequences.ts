import { findObject, requirePermission, requireWritable, writtenName } from "../data/access";
import { newObjectId, type StoredSequence } from "../data/store";
import { changeObject } from "../data/transaction";
import { sqlError } from "../messages";
import type { DefinitionStatement, SequenceOptions } from "../table-syntax";
import type { SqlType } from "../types";
import { changing } from "./changing";
import { newPlace } from "./define";
import { type Flow, finish, type Run } from "./run";

type Of<K extends DefinitionStatement["kind"]> = Extract<DefinitionStatement, { readonly kind: K }>;

export function createSequence({ name, type = { name: "bigint" }, options }: Of<"createSequence">, run: Run): Flow {
  changing(run, (transaction) => {
    const place = newPlace(name, run.context, "CREATE SEQUENCE");
    const now = run.session.host.now();
    const id = place.store ? newObjectId(place.store) : 0;
    const [least, most] = rangeOf(type, name.name);
    const { increment = 1n, minimum = least, maximum = most, cycles = false, isCached = true, cache = 0 } = options;
    const start = options.start ?? (increment > 0n ? minimum : maximum);
    const object: StoredSequence = {
      kind: "sequence",
      id,
      schema: place.schema,
      name: name.name,
      created: now,
      modified: now,
      type,
      start,
      increment,
      minimum,
      maximum,
      cycles,
      isCached,
      cacheSize: cache,
      next: start,
      last: undefined,
    };
    check(object);
    changeObject(transaction, place, object);
  });
  finish(run, {});
  return "next";
}

/** What is not said stays as it is; RESTART alone goes back to the start. */
export function alterSequence({ name, options }: Of<"alterSequence">, run: Run): Flow {
  changing(run, (transaction) => {
    const found = findObject(name, run.context);
    if (found?.object.kind !== "sequence") throw sqlError(208, writtenName(name));
    requirePermission("ALTER", found);
    requireWritable(found.place);
    changeObject(transaction, found.place, altered(found.object, options, run.session.host.now()));
  });
  finish(run, {});
  return "next";
}

function altered(sequence: StoredSequence, options: SequenceOptions, now: Date): StoredSequence {
  const { increment = sequence.increment, minimum = sequence.minimum, maximum = sequence.maximum } = options;
  const start = options.isRestarted ? (options.start ?? sequence.start) : sequence.start;
  const next = options.isRestarted
    ? start
    : sequence.last === undefined
      ? sequence.next
      : within(sequence.last + increment, minimum, maximum);
  const cycles = options.cycles ?? sequence.cycles;
  const object = { ...sequence, modified: now, start, increment, minimum, maximum, cycles, next };
  check(object);
  return object;
}

const within = (value: bigint, minimum: bigint, maximum: bigint): bigint | undefined =>
  value >= minimum && value <= maximum ? value : undefined;

function check({ name, start, increment, minimum, maximum }: StoredSequence): void {
  if (increment === 0n) throw sqlError(11700, name);
  if (minimum >= maximum) throw sqlError(11705, name);
  if (start < minimum || start > maximum) throw sqlError(11703, name);
  if ((increment < 0n ? -increment : increment) > maximum - minimum) throw sqlError(11701, name);
}

const ranges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-(2n ** 15n), 2n ** 15n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** 11702: whole numbers only. */
function rangeOf(type: SqlType, name: string): readonly [bigint, bigint] {
  if ("precision" in type && type.scale === 0) {
    const most = 10n ** BigInt(type.precision) - 1n;
    return [-most, most];
  }
  const range = ranges[type.name];
  if (!range) throw sqlError(11702, name);
  return range;
}
