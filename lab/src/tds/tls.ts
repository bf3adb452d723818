import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { ProtocolError } from "./bytes";
import { framePacket, packetType, takePacket } from "./framing";

export interface TlsIdentity {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
}

export interface TlsContexts {
  /** TLS inside TDS 7 travels in PRELOGIN packets, in which TLS 1.3 could not send the tickets that follow its handshake. */
  readonly wrapped: SecureContext;
  /** TDS 8.0 begins with TLS. */
  readonly strict: SecureContext;
}

const made = new WeakMap<TlsIdentity, TlsContexts>();

/** Everyone who listens with the same identity gets the same contexts, because each copy costs time and memory. */
export function tlsContexts(identity: TlsIdentity): TlsContexts {
  const { key, cert } = identity;
  const contexts = made.get(identity) ?? {
    wrapped: createSecureContext({ key, cert, maxVersion: "TLSv1.2" }),
    strict: createSecureContext({ key, cert, minVersion: "TLSv1.2" }),
  };
  made.set(identity, contexts);
  return contexts;
}

export interface TlsChannel {
  /** Takes bytes from the network. Throws ProtocolError. */
  receive(bytes: Buffer): void;
  /** The unencrypted side, to read from the client and to write to it. */
  readonly clear: TLSSocket;
}

const isTlsRecord = (first: number | undefined): boolean => first !== undefined && first >= 0x14 && first <= 0x17;

/**
 * Wraps TLS in PRELOGIN packets (MS-TDS 3.2.5.1). Every flight of the handshake goes out as one packet, because
 * clients expect one answer to each of theirs; the client's first bare TLS record ends the wrapping in both
 * directions: the server has nothing to say between its Finished and that record.
 */
export function openWrappedTls(socket: Socket, context: SecureContext): TlsChannel {
  let wrapping = true;
  let unread: Buffer = Buffer.alloc(0);
  let flight: Buffer[] = [];

  const sendFlight = (): void => {
    const bytes = Buffer.concat(flight);
    flight = [];
    for (let at = 0; at < bytes.length; at += maxFlightPart) {
      const part = bytes.subarray(at, at + maxFlightPart);
      socket.write(framePacket(packetType.prelogin, part, 0, at + maxFlightPart >= bytes.length, 0));
    }
  };
  const { encrypted, clear } = openTls(socket, context, undefined, (bytes, sent) => {
    if (!wrapping) {
      socket.write(bytes, sent);
      return;
    }
    if (flight.length === 0) setImmediate(sendFlight);
    flight.push(bytes);
    sent();
  });
  return {
    clear,
    receive(bytes) {
      if (!wrapping) {
        encrypted.push(bytes);
        return;
      }
      unread = Buffer.concat([unread, bytes]);
      while (unread.length > 0) {
        if (isTlsRecord(unread[0])) {
          wrapping = false;
          encrypted.push(unread);
          unread = Buffer.alloc(0);
          return;
        }
        const packet = takePacket(unread);
        if (!packet) return;
        if (packet.type !== packetType.prelogin) throw new ProtocolError("a TLS handshake was due");
        unread = unread.subarray(packet.length);
        encrypted.push(Buffer.from(packet.payload));
      }
    },
  };
}
const maxFlightPart = 32767 - 8;

/** TDS 8.0 has nothing but TLS on the wire. */
export function openStrictTls(socket: Socket, context: SecureContext): TlsChannel {
  const { encrypted, clear } = openTls(socket, context, ["tds/8.0"], (bytes, sent) => socket.write(bytes, sent));
  return { clear, receive: (bytes) => encrypted.push(bytes) };
}

function openTls(
  socket: Socket,
  secureContext: SecureContext,
  ALPNProtocols: string[] | undefined,
  send: (bytes: Buffer, sent: (error?: Error | null) => void) => void,
): { encrypted: Duplex; clear: TLSSocket } {
  const encrypted = new Duplex({
    allowHalfOpen: false,
    read() {},
    write: (bytes: Buffer, _encoding, sent) => send(bytes, sent),
    final(done) {
      // A flight may still be waiting for its turn.
      setImmediate(() => {
        socket.end();
        done();
      });
    },
  });
  encrypted.on("error", () => socket.destroy());
  const clear = new TLSSocket(encrypted, { isServer: true, secureContext, ALPNProtocols });
  socket.once("close", () => {
    clear.destroy();
    encrypted.destroy();
  });
  return { encrypted, clear };
}
