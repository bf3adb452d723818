import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** How many keys a folder holds: about as many as one process of tests asks for. */
const most = 200;

/** The files of the folder that this process has not taken yet, in an order of its own. */
let left: Promise<string[]> | undefined;

/** A new key, or where `MI_LINK_LAB_KEYS` names a folder, one that another process of tests made and this one has not had. */
export async function getKeyPair(): Promise<KeyPair> {
  const folder = process.env.MI_LINK_LAB_KEYS;
  if (!folder) return generate();
  left ??= filesIn(folder);
  const file = (await left).pop();
  if (file === undefined) return generateFor(folder);
  const privateKey = createPrivateKey(await readFile(file));
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function generate(): Promise<KeyPair> {
  return promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
}

async function filesIn(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const placed = (await readdir(folder))
    .filter((name) => name.endsWith(".pem"))
    .map((name) => ({ file: join(folder, name), place: Math.random() }));
  return placed.sort((a, b) => a.place - b.place).map(({ file }) => file);
}

/** Keeps the key for other processes, as long as there is room. */
async function generateFor(folder: string): Promise<KeyPair> {
  const made = await generate();
  if ((await readdir(folder)).length < most) {
    const file = join(folder, randomUUID());
    await writeFile(file, made.privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    await rename(file, `${file}.pem`); // in one step: another process may be looking
  }
  return made;
}
