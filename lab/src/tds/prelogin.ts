import { ByteReader, ByteWriter, ProtocolError } from "./bytes";

const option = { version: 0, encryption: 1, instance: 2, threadId: 3, mars: 4, fedAuthRequired: 6, end: 0xff } as const;
/** The values of PRELOGIN's ENCRYPTION; "off" protects the login only. */
export const encryption = { off: 0, on: 1, notSupported: 2, required: 3 } as const;

export interface Prelogin {
  readonly encryption: number;
  readonly asksFedAuth: boolean;
}

export function readPrelogin(payload: Buffer): Prelogin {
  const table = new ByteReader(payload);
  let wanted: number = encryption.notSupported;
  let asksFedAuth = false;
  let sawVersion = false;
  for (let token = table.uint8(); token !== option.end; token = table.uint8()) {
    const offset = table.uint16BE();
    const length = table.uint16BE();
    if (offset + length > payload.length) throw new ProtocolError("a PRELOGIN option lies outside the message");
    if (token === option.version) sawVersion = true;
    if (token === option.encryption && length === 1) wanted = payload.readUInt8(offset) & 0x7f;
    if (token === option.fedAuthRequired) asksFedAuth = true;
  }
  if (!sawVersion) throw new ProtocolError("PRELOGIN without VERSION");
  if (wanted > encryption.required) throw new ProtocolError(`PRELOGIN asks for encryption ${wanted}`);
  return { encryption: wanted, asksFedAuth };
}

/** MS-TDS 2.2.6.5 says what the server answers, with and without Force Encryption. */
export function negotiateEncryption(client: number, forced: boolean): number {
  if (client === encryption.on || client === encryption.required) return encryption.on;
  if (forced) return encryption.required;
  return client;
}

/** Reads "16.0.4175.1" as four numbers; those that are missing are 0. */
export function versionNumbers(version: string): readonly [number, number, number, number] {
  const [major = 0, minor = 0, build = 0, revision = 0] = version
    .split(".")
    .map((part) => Number.parseInt(part, 10) || 0);
  return [major & 0xff, minor & 0xff, build & 0xffff, revision & 0xffff];
}

export function writePrelogin(version: string, answer: number, asksFedAuth: boolean): Buffer {
  const [major, minor, build] = versionNumbers(version);
  const values: (readonly [number, Buffer])[] = [
    [option.version, Buffer.from([major, minor, build >> 8, build & 0xff, 0, 0])],
    [option.encryption, Buffer.from([answer])],
    [option.instance, Buffer.from([0])],
    [option.threadId, Buffer.alloc(0)],
    [option.mars, Buffer.from([0])],
  ];
  if (asksFedAuth) values.push([option.fedAuthRequired, Buffer.from([0])]);
  const writer = new ByteWriter();
  let offset = values.length * 5 + 1;
  for (const [token, value] of values) {
    writer.uint8(token);
    writer.uint16BE(offset);
    writer.uint16BE(value.length);
    offset += value.length;
  }
  writer.uint8(option.end);
  for (const [, value] of values) writer.bytes(value);
  return writer.take();
}
