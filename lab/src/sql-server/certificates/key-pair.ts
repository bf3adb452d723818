import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeSecretFile } from "../../secret-file";

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** How many keys a folder holds. */
const most = 200;

/** The files of the folder that this process has not taken yet. */
let left: Promise<string[]> | undefined;

/** A new key, or where `MI_LINK_LAB_KEYS` names a folder, one that another process of tests made and this one has not had. */
export async function getKeyPair(): Promise<KeyPair> {
  const folder = process.env.MI_LINK_LAB_KEYS;
  if (!folder) return generate();
  left ??= keysIn(folder);
  const files = await left;
  // Any of them, so that two processes hardly ever give the same key to the same server.
  const [file] = files.splice(Math.floor(Math.random() * files.length), 1);
  if (file === undefined) return generateFor(folder);
  const privateKey = createPrivateKey(await readFile(join(folder, file)));
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function generate(): Promise<KeyPair> {
  return promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
}

const keysIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".pem"));

/** Keeps the key for other processes, as long as there is room. */
async function generateFor(folder: string): Promise<KeyPair> {
  const made = await generate();
  if ((await keysIn(folder)).length < most) {
    const text = made.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    await writeSecretFile(join(folder, `${randomUUID()}.pem`), text);
  }
  return made;
}
