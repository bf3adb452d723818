import { sqlError } from "../messages";
import type { SqlValue } from "../types";
import { convertValue } from "../values/convert";
import type { ObjectPlace } from "./access";
import { sequenceBytes } from "./changes";
import type { StoredSequence } from "./store";

/** The next number, which is never given again, whatever becomes of the transaction. Throws 11728. */
export function nextValue(sequence: StoredSequence, { store, key }: ObjectPlace, now: Date): SqlValue {
  const { next, increment, minimum, maximum, cycles, type } = sequence;
  if (next === undefined) throw sqlError(11728, sequence.name);
  const following = next + increment;
  const isInside = following >= minimum && following <= maximum;
  sequence.last = next;
  sequence.next = isInside ? following : cycles ? (increment > 0n ? minimum : maximum) : undefined;
  store?.committed?.([{ kind: "sequence", key, next: sequence.next, last: next }], sequenceBytes, now);
  return convertValue(next, { name: "bigint" }, type);
}
