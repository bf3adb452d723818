import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Keys made ahead of time, so that neither starting a lab nor CREATE CERTIFICATE waits for prime numbers. */
const ahead = 2;
const ready: Promise<KeyPair>[] = [];

export function takeKeyPair(): Promise<KeyPair> {
  const taken = ready.shift() ?? generate();
  taken.then(fillPool, fillPool);
  return taken;
}

/** Starts what the next certificates will need; nobody waits for it. */
export function fillPool(): void {
  while (ready.length < ahead) ready.push(generate());
}

function generate(): Promise<KeyPair> {
  return promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
}
