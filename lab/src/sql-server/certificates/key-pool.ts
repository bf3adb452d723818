import { getKeyPair, type KeyPair } from "./key-pair";

/** Keys that were begun before anyone asks for them, so that nobody waits while prime numbers are found one after the other. */
const begun: Promise<KeyPair>[] = [];
/** The number of keys kept ready. It is 0 before `keepKeysReady`, so that the keys of a start have the processors for themselves. */
let kept = 0;

export function takeKeyPair(): Promise<KeyPair> {
  const taken = begun.shift() ?? getKeyPair();
  const refill = () => beginKeys(kept);
  taken.then(refill, refill);
  return taken;
}

/** Begins as many keys side by side, and waits for none. */
export function beginKeys(count: number): void {
  while (begun.length < count) begun.push(getKeyPair());
}

/** Keeps keys ready from now on: an instance may be asked for certificates at any time. */
export function keepKeysReady(): void {
  kept = 2;
  beginKeys(kept);
}
