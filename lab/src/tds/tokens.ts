import type { ServerMessage } from "../tsql/messages";
import type { Column, SqlType, SqlValue } from "../tsql/types";
import type { ByteWriter } from "./bytes";
import { serverCollation } from "./collation";
import { nullCost, writeTypeInfo, writeValue } from "./encode";
import { writeTableName } from "./old-large-types";
import { versionNumbers } from "./prelogin";

const token = {
  returnStatus: 0x79,
  columnMetadata: 0x81,
  error: 0xaa,
  info: 0xab,
  returnValue: 0xac,
  loginAck: 0xad,
  featureExtAck: 0xae,
  row: 0xd1,
  nbcRow: 0xd2,
  envChange: 0xe3,
  fedAuthInfo: 0xee,
} as const;

export const done = { batch: 0xfd, procedure: 0xfe, inProcedure: 0xff } as const;
export type DoneToken = (typeof done)[keyof typeof done];
export const doneStatus = { final: 0, more: 0x1, error: 0x2, count: 0x10, attention: 0x20 } as const;

export function writeDone(writer: ByteWriter, kind: DoneToken, status: number, currentCommand = 0, rowCount = 0): void {
  writer.uint8(kind);
  writer.uint16(status);
  writer.uint16(currentCommand);
  writer.uint64(BigInt(rowCount));
}

/** The longest text that fits in the token's two bytes of length with the names beside it. */
const longestText = 8000;

/** Writes ERROR or INFO. The server sends severity 10 as 0 ("Database Engine error severities"). */
export function writeMessage(
  writer: ByteWriter,
  kind: "error" | "info",
  message: ServerMessage,
  serverName: string,
): void {
  writer.uint8(token[kind]);
  writer.counted(2, () => {
    writer.int32(message.number);
    writer.uint8(message.state & 0xff);
    writer.uint8(message.severity === 10 ? 0 : message.severity & 0xff);
    writer.text(message.text.slice(0, longestText));
    writer.shortText(serverName);
    writer.shortText(message.procedure);
    writer.uint32(Math.max(0, message.line));
  });
}

/** Only this user type tells rowversion from binary(8). */
const userType = ({ name }: SqlType): number => (name === "timestamp" ? 0x50 : 0);
const nullableFlag = 0x01;
/** COLMETADATA's flags of a table's own column: usUpdateable "unknown", and fIdentity. */
const originFlags = { stored: 0x08, identity: 0x10 } as const;

export function writeColumns(writer: ByteWriter, columns: readonly Column[]): void {
  writer.uint8(token.columnMetadata);
  writer.uint16(columns.length);
  for (const column of columns) {
    writer.uint32(userType(column.type));
    writer.uint16((column.nullable ? nullableFlag : 0) | (column.origin ? originFlags[column.origin] : 0));
    writeTypeInfo(writer, column.type);
    writeTableName(writer, column.type);
    writer.shortText(column.name);
  }
}

/** Writes ROW, or NBCROW if the client knows it and it is shorter: the server chooses in the same way. */
export function writeRow(
  writer: ByteWriter,
  columns: readonly Column[],
  values: readonly SqlValue[],
  knowsNbc: boolean,
): void {
  if (values.length !== columns.length)
    throw new TypeError(`a row of ${values.length} values for ${columns.length} columns`);
  const bitmap = Buffer.alloc(Math.ceil(columns.length / 8));
  let saved = 0;
  columns.forEach((column, index) => {
    if (values[index] !== null) return;
    saved += nullCost(column.type);
    bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
  });
  const nbc = knowsNbc && saved > bitmap.length;
  // A value that cannot be written must not leave half a row behind.
  writer.whole(() => {
    writer.uint8(nbc ? token.nbcRow : token.row);
    if (nbc) writer.bytes(bitmap);
    columns.forEach((column, index) => {
      const value = values[index] ?? null;
      if (value !== null || !nbc) writeValue(writer, column.type, value);
    });
  });
}

export function writeReturnStatus(writer: ByteWriter, value: number): void {
  writer.uint8(token.returnStatus);
  writer.int32(value | 0);
}

export function writeReturnValue(
  writer: ByteWriter,
  ordinal: number,
  name: string,
  type: SqlType,
  value: SqlValue,
): void {
  writer.whole(() => {
    writer.uint8(token.returnValue);
    writer.uint16(ordinal);
    writer.shortText(name === "" || name.startsWith("@") ? name : `@${name}`);
    writer.uint8(0x01);
    writer.uint32(userType(type));
    writer.uint16(nullableFlag);
    writeTypeInfo(writer, type);
    writeValue(writer, type, value);
  });
}

const change = {
  database: 1,
  language: 2,
  packetSize: 4,
  collation: 7,
  begin: 8,
  commit: 9,
  rollback: 10,
  resetConnection: 18,
} as const;

function writeTextChange(writer: ByteWriter, type: number, now: string, before: string): void {
  writer.uint8(token.envChange);
  writer.counted(2, () => {
    writer.uint8(type);
    writer.shortText(now);
    writer.shortText(before);
  });
}

function writeBinaryChange(writer: ByteWriter, type: number, now: Buffer, before: Buffer): void {
  writer.uint8(token.envChange);
  writer.uint16(3 + now.length + before.length);
  writer.uint8(type);
  for (const value of [now, before]) {
    writer.uint8(value.length);
    writer.bytes(value);
  }
}

const none = Buffer.alloc(0);

/** The eight bytes that requests and answers name a transaction by. */
export function transactionDescriptor(id: bigint): Buffer {
  const descriptor = Buffer.alloc(8);
  descriptor.writeBigUInt64LE(id);
  return descriptor;
}

export const writeEnvChange = {
  database: (writer: ByteWriter, now: string, before: string): void =>
    writeTextChange(writer, change.database, now, before),
  language: (writer: ByteWriter, now: string): void => writeTextChange(writer, change.language, now, ""),
  packetSize: (writer: ByteWriter, now: number, before: number): void =>
    writeTextChange(writer, change.packetSize, String(now), String(before)),
  collation: (writer: ByteWriter): void => writeBinaryChange(writer, change.collation, serverCollation, none),
  begin: (writer: ByteWriter, descriptor: Buffer): void => writeBinaryChange(writer, change.begin, descriptor, none),
  commit: (writer: ByteWriter, descriptor: Buffer): void => writeBinaryChange(writer, change.commit, none, descriptor),
  rollback: (writer: ByteWriter, descriptor: Buffer): void =>
    writeBinaryChange(writer, change.rollback, none, descriptor),
  resetConnection: (writer: ByteWriter): void => writeBinaryChange(writer, change.resetConnection, none, none),
};

export function writeLoginAck(writer: ByteWriter, tds: number, serverVersion: string): void {
  const [major, minor, build] = versionNumbers(serverVersion);
  writer.uint8(token.loginAck);
  writer.counted(2, () => {
    writer.uint8(1);
    writer.uint32BE(tds);
    writer.shortText("Microsoft SQL Server");
    writer.bytes(Buffer.from([major, minor, build >> 8, build & 0xff]));
  });
}

/** FEDAUTH, without a nonce, and UTF8_SUPPORT: the features that the lab acknowledges. */
export function writeFeatureExtAck(writer: ByteWriter, asked: { fedAuth: boolean; utf8Support: boolean }): void {
  if (!asked.fedAuth && !asked.utf8Support) return;
  writer.uint8(token.featureExtAck);
  if (asked.fedAuth) writer.bytes(Buffer.from([0x02, 0, 0, 0, 0]));
  if (asked.utf8Support) writer.bytes(Buffer.from([0x0a, 1, 0, 0, 0, 1]));
  writer.uint8(0xff);
}

/** FEDAUTHINFO: where the client gets a token, and for whom (MS-TDS 2.2.7.12). */
export function writeFedAuthInfo(writer: ByteWriter, stsUrl: string, servicePrincipalName: string): void {
  const values = [stsUrl, servicePrincipalName].map((text) => Buffer.from(text, "utf16le"));
  let offset = 4 + values.length * 9;
  writer.uint8(token.fedAuthInfo);
  writer.counted(4, () => {
    writer.uint32(values.length);
    for (const [index, { length }] of values.entries()) {
      writer.uint8(index + 1);
      writer.uint32(length);
      writer.uint32(offset);
      offset += length;
    }
    for (const value of values) writer.bytes(value);
  });
}
