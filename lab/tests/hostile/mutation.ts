/** Returns whole numbers from 0 up to, not including, the argument. */
export type Random = (below: number) => number;

/** mulberry32 gives the same numbers for the same seed, and others for every input. */
export function randomFor(seed: number, input: number): Random {
  let state = Math.imul(seed ^ Math.imul(input + 1, 0x9e3779b1), 0x85ebca6b);
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export function oneOf<T>(things: readonly [T, ...T[]] | readonly T[], random: Random): T {
  const thing = things[random(things.length)];
  if (thing === undefined) throw new RangeError("one of nothing");
  return thing;
}

/** Wrong lengths and counts. */
const numbers = [0, 1, 7, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

const byteMutations: readonly ((bytes: Buffer, at: number, random: Random) => Buffer)[] = [
  (bytes, at, random) => replaced(bytes, at, Buffer.from([random(256)])),
  (bytes, at, random) => replaced(bytes, at, Buffer.from([(bytes[at] ?? 0) ^ (1 << random(8))])),
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at, random) => spliced(bytes, at, 0, Buffer.alloc(1 + random(9), random(256))),
  (bytes, at, random) => spliced(bytes, at, 1 + random(9), Buffer.alloc(0)),
  (bytes, at, random) => spliced(bytes, at, 0, bytes.subarray(at, at + 1 + random(64))),
  (bytes, at, random) => {
    const number = Buffer.alloc(4);
    number.writeUInt32LE(oneOf(numbers, random));
    return replaced(bytes, at, number.subarray(0, oneOf([1, 2, 4], random)));
  },
  (bytes, at, random) => spliced(bytes, at, 0, bytes.subarray(random(bytes.length + 1))),
];

export function mutateBytes(original: Buffer, random: Random): Buffer {
  let bytes = original;
  for (let count = 1 + random(4); count > 0; count--) {
    bytes = oneOf(byteMutations, random)(bytes, random(bytes.length + 1), random);
  }
  return bytes;
}

function spliced(bytes: Buffer, at: number, removed: number, inserted: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
}

function replaced(bytes: Buffer, at: number, by: Buffer): Buffer {
  return spliced(bytes, at, by.length, by).subarray(0, Math.max(bytes.length, 1));
}

/** Takes pieces of a text out and puts others in, some of them from the other texts. */
export function mutateText(
  original: string,
  splinters: readonly string[],
  others: readonly string[],
  random: Random,
): string {
  let text = original;
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(text.length + 1);
    const removed = random(3) === 0 ? random(12) : 0;
    text = text.slice(0, at) + insertion(text, splinters, others, random) + text.slice(at + removed);
  }
  return text;
}

function insertion(text: string, splinters: readonly string[], others: readonly string[], random: Random): string {
  const source = random(8) === 0 ? oneOf(others, random) : text;
  const from = random(source.length + 1);
  const kind = random(5);
  if (kind === 0) return "";
  if (kind === 1) return source.slice(from, from + 1 + random(40));
  if (kind === 2) return String.fromCharCode(random(4) === 0 ? random(0x10000) : 32 + random(95));
  return oneOf(splinters, random);
}
