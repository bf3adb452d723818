import { ByteWriter, ProtocolError } from "./bytes";

/** The packet types of MS-TDS 2.2.3.1.1 that a client sends, and the one that a server answers with. */
export const packetType = {
  sqlBatch: 0x01,
  rpc: 0x03,
  response: 0x04,
  attention: 0x06,
  bulkLoad: 0x07,
  federatedToken: 0x08,
  transactionManager: 0x0e,
  login7: 0x10,
  sspi: 0x11,
  prelogin: 0x12,
} as const;

const status = { endOfMessage: 0x01, ignore: 0x02, resetConnection: 0x08, resetKeepingTransaction: 0x10 } as const;
const headerLength = 8;
/** The largest packet size that can be negotiated. */
const largestPacket = 32767;

const fromClient: ReadonlySet<number> = new Set(
  Object.values(packetType).filter((type) => type !== packetType.response),
);

export interface Packet {
  readonly type: number;
  readonly status: number;
  readonly payload: Buffer;
  /** The packet's length with its header. */
  readonly length: number;
}

/** The packet at the start of the bytes; undefined where more bytes have to arrive first. */
export function takePacket(bytes: Buffer): Packet | undefined {
  const type = bytes[0];
  if (type === undefined) return undefined;
  if (!fromClient.has(type)) throw new ProtocolError(`no packet of a client starts with 0x${type.toString(16)}`);
  if (bytes.length < headerLength) return undefined;
  const length = bytes.readUInt16BE(2);
  if (length < headerLength || length > largestPacket) throw new ProtocolError(`a packet of ${length} bytes`);
  if (bytes.length < length) return undefined;
  return { type, status: bytes.readUInt8(1), payload: bytes.subarray(headerLength, length), length };
}

export interface Message {
  readonly type: number;
  readonly payload: Buffer;
  /** The client cancelled the message while it was sending it: none of it may be executed. */
  readonly ignored: boolean;
  readonly resetConnection: boolean;
}

export interface MessageReader {
  receive(bytes: Buffer): void;
  /** The largest length of a message from here on. */
  limit: number;
}

/** Puts packets together to messages. Throws ProtocolError out of `receive`. */
export function createMessageReader(limit: number, onMessage: (message: Message) => void): MessageReader {
  let unread: Buffer = Buffer.alloc(0);
  let body = new ByteWriter();
  let first: Packet | undefined;

  const accept = (packet: Packet): void => {
    if (packet.type === packetType.attention) {
      // An attention takes back what the client had only begun to send.
      first = undefined;
      body = new ByteWriter();
      onMessage({ type: packet.type, payload: packet.payload, ignored: false, resetConnection: false });
      return;
    }
    first ??= packet;
    if (first.type !== packet.type) throw new ProtocolError("packets of two messages are mixed");
    if (body.length + packet.payload.length > reader.limit)
      throw new ProtocolError(`a message of more than ${reader.limit} bytes`);
    body.bytes(packet.payload);
    if (!(packet.status & status.endOfMessage)) return;
    const message: Message = {
      type: packet.type,
      payload: body.take(),
      ignored: (packet.status & status.ignore) !== 0,
      resetConnection: (first.status & (status.resetConnection | status.resetKeepingTransaction)) !== 0,
    };
    first = undefined;
    onMessage(message);
  };

  const reader: MessageReader = {
    limit,
    receive(bytes) {
      unread = unread.length === 0 ? bytes : Buffer.concat([unread, bytes]);
      for (let packet = takePacket(unread); packet; packet = takePacket(unread)) {
        unread = unread.subarray(packet.length);
        accept(packet);
      }
    },
  };
  return reader;
}

export interface PacketWriter {
  /** Sends full packets at once and keeps the rest. */
  write(bytes: Buffer): void;
  /** Returns the last packet of the message, for the caller to send. */
  end(): Buffer;
}

export function framePacket(type: number, payload: Buffer, packetId: number, last: boolean, spid: number): Buffer {
  const packet = Buffer.allocUnsafe(headerLength + payload.length);
  packet.writeUInt8(type, 0);
  packet.writeUInt8(last ? status.endOfMessage : 0, 1);
  packet.writeUInt16BE(packet.length, 2);
  packet.writeUInt16BE(spid & 0xffff, 4);
  packet.writeUInt8(packetId & 0xff, 6);
  packet.writeUInt8(0, 7);
  payload.copy(packet, headerLength);
  return packet;
}

/** Cuts a message into packets of at most `packetSize` bytes. `send` gets whole packets; `end` returns the last. */
export function createPacketWriter(packetSize: number, spid: number, send: (packet: Buffer) => void): PacketWriter {
  const room = packetSize - headerLength;
  let rest: Buffer = Buffer.alloc(0);
  let packetId = 0;
  const frame = (payload: Buffer, last: boolean): Buffer =>
    framePacket(packetType.response, payload, ++packetId, last, spid);
  return {
    write(bytes) {
      let all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      while (all.length > room) {
        send(frame(all.subarray(0, room), false));
        all = all.subarray(room);
      }
      rest = all;
    },
    end: () => frame(rest, true),
  };
}
