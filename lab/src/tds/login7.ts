import { ByteReader, ProtocolError } from "./bytes";

/** TDS 7.3B brought NBCROW; 7.4 is the newest of TDS 7; 8.0 is what strict encryption announces. */
export const tdsVersion = { tds73A: 0x730a0003, tds73B: 0x730b0003, tds74: 0x74000004, tds80: 0x08000000 } as const;
const feature = { fedAuth: 0x02, utf8Support: 0x0a, end: 0xff } as const;

export interface Login7 {
  readonly version: number;
  readonly packetSize: number;
  readonly processId: number;
  readonly hostName: string;
  readonly user: string;
  readonly password: string;
  readonly applicationName: string;
  readonly database: string;
  /** The client asks for Windows authentication. */
  readonly integrated: boolean;
  /** The client signs in with Microsoft Entra. */
  readonly fedAuth: FederatedLogin | undefined;
  readonly utf8Support: boolean;
  /** undefined: the password stays as it is. */
  readonly newPassword: string | undefined;
}

export interface FederatedLogin {
  /** undefined: the client asks first whose tokens the server takes, and sends one in a message of its own. */
  readonly token: string | undefined;
}

/** The values of bFedAuthLibrary that clients of Microsoft Entra send (MS-TDS 2.2.6.4). */
const library = { securityToken: 1, adal: 2 } as const;

const fixedLength = 94;
const integratedSecurity = 0x80;
const extensionFlag = 0x10;

export function readLogin7(payload: Buffer): Login7 {
  if (payload.length < fixedLength || payload.readUInt32LE(0) > payload.length) {
    throw new ProtocolError("LOGIN7 is shorter than it says");
  }
  const slice = (offset: number, length: number): Buffer => {
    if (offset + length > payload.length) throw new ProtocolError("a LOGIN7 field lies outside the message");
    return payload.subarray(offset, offset + length);
  };
  const field = (entry: number): Buffer => slice(payload.readUInt16LE(entry), payload.readUInt16LE(entry + 2) * 2);
  const text = (entry: number): string => field(entry).toString("utf16le");

  let features: ReadonlyMap<number, Buffer> = new Map();
  if (payload.readUInt8(27) & extensionFlag) {
    const pointer = slice(payload.readUInt16LE(56), 4).readUInt32LE();
    if (pointer > payload.length) throw new ProtocolError("the feature extension lies outside the message");
    features = readFeatures(payload.subarray(pointer));
  }
  return {
    version: payload.readUInt32LE(4),
    packetSize: payload.readUInt32LE(8),
    processId: payload.readUInt32LE(16),
    hostName: text(36),
    user: text(40),
    password: revealPassword(field(44)).toString("utf16le"),
    applicationName: text(48),
    database: text(68),
    integrated: (payload.readUInt8(25) & integratedSecurity) !== 0 || payload.readUInt16LE(80) > 0,
    fedAuth: readFederatedLogin(features.get(feature.fedAuth)),
    utf8Support: features.has(feature.utf8Support),
    newPassword: payload.readUInt16LE(88) > 0 ? revealPassword(field(86)).toString("utf16le") : undefined,
  };
}

function readFeatures(block: Buffer): ReadonlyMap<number, Buffer> {
  const reader = new ByteReader(block);
  const found = new Map<number, Buffer>();
  for (let id = reader.uint8(); id !== feature.end; id = reader.uint8()) {
    found.set(id, reader.bytes(reader.uint32()));
  }
  return found;
}

function readFederatedLogin(data: Buffer | undefined): FederatedLogin | undefined {
  if (!data) return undefined;
  const reader = new ByteReader(data);
  const options = reader.uint8();
  // The server's PRELOGIN had FEDAUTHREQUIRED 0, so an echo of 1 is refused, as another library is (MS-TDS 3.3.5.5).
  if (options & 1 || !Object.values<number>(library).includes(options >> 1)) return { token: "" };
  return { token: options >> 1 === library.adal ? undefined : readToken(reader) };
}

/** The message that answers FEDAUTHINFO: its own length, and that of the token. */
export function readFederatedToken(payload: Buffer): string {
  const reader = new ByteReader(payload);
  reader.uint32();
  return readToken(reader);
}

const readToken = (reader: ByteReader): string => reader.bytes(reader.uint32()).toString("utf16le");

/** MS-TDS 2.2.6.4: a client swaps the nibbles of each byte, then XORs it with 0xA5. */
function revealPassword(hidden: Buffer): Buffer {
  return Buffer.from(
    hidden.map((byte) => {
      const plain = byte ^ 0xa5;
      return ((plain << 4) | (plain >> 4)) & 0xff;
    }),
  );
}

/** The version for LOGINACK: the client's, or the newest below it that the server knows; undefined: the client is too old. */
export function negotiateVersion(client: number): number | undefined {
  if (client === tdsVersion.tds80) return tdsVersion.tds80;
  if (client >= tdsVersion.tds74) return tdsVersion.tds74;
  if (client >= tdsVersion.tds73B) return tdsVersion.tds73B;
  if (client >= tdsVersion.tds73A) return tdsVersion.tds73A;
  return undefined;
}

/** 0 asks for the server's default (MS-TDS 2.2.6.4). */
export function negotiatePacketSize(client: number): number {
  return client === 0 ? 4096 : Math.min(32767, Math.max(512, client));
}
