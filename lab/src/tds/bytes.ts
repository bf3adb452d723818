/** The peer broke the protocol: its connection ends, nothing else does. */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ProtocolError";
  }
}

/** Reads a message from left to right; a length that points past the end is a ProtocolError, never a RangeError. */
export class ByteReader {
  #at = 0;

  constructor(private readonly source: Buffer) {}

  get remaining(): number {
    return this.source.length - this.#at;
  }

  bytes(length: number): Buffer {
    if (length > this.remaining) throw new ProtocolError(`${length} bytes announced, ${this.remaining} left`);
    const start = this.#at;
    this.#at += length;
    return this.source.subarray(start, this.#at);
  }

  /** Returns the next byte without moving on. */
  peekUint8(): number | undefined {
    return this.source[this.#at];
  }

  uint8(): number {
    return this.bytes(1).readUInt8();
  }
  uint16(): number {
    return this.bytes(2).readUInt16LE();
  }
  uint16BE(): number {
    return this.bytes(2).readUInt16BE();
  }
  int16(): number {
    return this.bytes(2).readInt16LE();
  }
  uint32(): number {
    return this.bytes(4).readUInt32LE();
  }
  int32(): number {
    return this.bytes(4).readInt32LE();
  }
  uint64(): bigint {
    return this.bytes(8).readBigUInt64LE();
  }
  int64(): bigint {
    return this.bytes(8).readBigInt64LE();
  }
  float(): number {
    return this.bytes(4).readFloatLE();
  }
  double(): number {
    return this.bytes(8).readDoubleLE();
  }
  /** Reads an unsigned, little-endian number of up to 6 bytes. */
  uint(length: number): number {
    return this.bytes(length).readUIntLE(0, length);
  }
  ucs2(characters: number): string {
    return this.bytes(characters * 2).toString("utf16le");
  }
  /** Reads a B_VARCHAR: one byte of length in characters. */
  shortText(): string {
    return this.ucs2(this.uint8());
  }
}

const nothing = Buffer.alloc(0);
const smallestBuffer = 256;

/** Grows as it is written; `take` empties it. */
export class ByteWriter {
  #buffer: Buffer = nothing;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  #room(length: number): number {
    const start = this.#length;
    const needed = start + length;
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2, smallestBuffer));
      this.#buffer.copy(grown, 0, 0, start);
      this.#buffer = grown;
    }
    this.#length = needed;
    return start;
  }

  uint8(value: number): void {
    const at = this.#room(1);
    this.#buffer.writeUInt8(value, at);
  }
  uint16(value: number): void {
    const at = this.#room(2);
    this.#buffer.writeUInt16LE(value, at);
  }
  uint16BE(value: number): void {
    const at = this.#room(2);
    this.#buffer.writeUInt16BE(value, at);
  }
  int16(value: number): void {
    const at = this.#room(2);
    this.#buffer.writeInt16LE(value, at);
  }
  uint32(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeUInt32LE(value, at);
  }
  uint32BE(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeUInt32BE(value, at);
  }
  int32(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeInt32LE(value, at);
  }
  uint64(value: bigint): void {
    const at = this.#room(8);
    this.#buffer.writeBigUInt64LE(value, at);
  }
  int64(value: bigint): void {
    const at = this.#room(8);
    this.#buffer.writeBigInt64LE(value, at);
  }
  float(value: number): void {
    const at = this.#room(4);
    this.#buffer.writeFloatLE(value, at);
  }
  double(value: number): void {
    const at = this.#room(8);
    this.#buffer.writeDoubleLE(value, at);
  }
  /** Writes an unsigned, little-endian number of up to 6 bytes. */
  uint(value: number, length: number): void {
    const at = this.#room(length);
    this.#buffer.writeUIntLE(value, at, length);
  }
  bytes(value: Buffer): void {
    const at = this.#room(value.length);
    value.copy(this.#buffer, at);
  }
  ucs2(value: string): void {
    const at = this.#room(value.length * 2);
    this.#buffer.write(value, at, "utf16le");
  }
  /** Writes a B_VARCHAR: one byte of length in characters. */
  shortText(value: string): void {
    const text = value.slice(0, 255);
    this.uint8(text.length);
    this.ucs2(text);
  }
  /** Writes a US_VARCHAR: two bytes of length in characters. */
  text(value: string): void {
    this.uint16(value.length);
    this.ucs2(value);
  }

  /** Puts the length of what `write` writes in front of it, as a number of so many bytes. */
  counted(lengthBytes: 1 | 2 | 4, write: () => void): void {
    const at = this.#room(lengthBytes);
    write();
    this.#buffer.writeUIntLE(this.#length - at - lengthBytes, at, lengthBytes);
  }
  /** Keeps what `write` writes only if it succeeds. */
  whole(write: () => void): void {
    const start = this.#length;
    try {
      write();
    } catch (error) {
      this.#length = start;
      throw error;
    }
  }

  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#length);
    this.#buffer = nothing;
    this.#length = 0;
    return taken;
  }
}
