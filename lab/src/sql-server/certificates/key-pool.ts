import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Keys that were begun before anyone asked for them: neither a start nor CREATE CERTIFICATE waits for prime numbers in turn. */
const begun: Promise<KeyPair>[] = [];
/** How many are kept ready; none before `keepKeysReady`, so that those of a start have the processors for themselves. */
let kept = 0;

export function takeKeyPair(): Promise<KeyPair> {
  const taken = begun.shift() ?? generate();
  const refill = () => beginKeys(kept);
  taken.then(refill, refill);
  return taken;
}

/** Begins as many keys side by side; nobody waits for them yet. */
export function beginKeys(count: number): void {
  while (begun.length < count) begun.push(generate());
}

/** Whoever serves may be asked for certificates at any time. */
export function keepKeysReady(): void {
  kept = 2;
  beginKeys(kept);
}

function generate(): Promise<KeyPair> {
  return promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
}
