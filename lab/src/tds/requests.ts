import { isolationLevels } from "../tsql/data/session-options";
import { sqlError } from "../tsql/messages";
import { notSpoken } from "../tsql/not-spoken";
import { ByteReader, ProtocolError } from "./bytes";
import type { RpcParameter, RpcRequest } from "./contract";
import { readTyped, UnsupportedType } from "./decode";
import { isInstance } from "./instances";

/** MS-TDS 2.2.6.6: the names of the procedures that have a number. */
const wellKnown: readonly (string | undefined)[] = [
  undefined,
  "sp_cursor",
  "sp_cursoropen",
  "sp_cursorprepare",
  "sp_cursorexecute",
  "sp_cursorprepexec",
  "sp_cursorunprepare",
  "sp_cursorfetch",
  "sp_cursoroption",
  "sp_cursorclose",
  "sp_executesql",
  "sp_prepare",
  "sp_execute",
  "sp_prepexec",
  "sp_prepexecrpc",
  "sp_unprepare",
];
const byNumber = 0xffff;
const nextCall = 0xff;
const nextCallNotExecuted = 0xfe;
const status = { output: 1, default: 2, encrypted: 8 } as const;

function skipHeaders(reader: ByteReader): void {
  const length = reader.uint32();
  if (length < 4) throw new ProtocolError("ALL_HEADERS is shorter than its own length");
  reader.bytes(length - 4);
}

export function readBatch(payload: Buffer): string {
  const reader = new ByteReader(payload);
  skipHeaders(reader);
  if (reader.remaining % 2 !== 0) throw new ProtocolError("a batch ends with half a character");
  return reader.bytes(reader.remaining).toString("utf16le");
}

/** Reads the calls of a message, which may hold several. */
export function readCalls(payload: Buffer): RpcRequest[] {
  const reader = new ByteReader(payload);
  skipHeaders(reader);
  const calls: RpcRequest[] = [];
  do {
    const call = readCall(reader);
    const separator = reader.remaining > 0 ? reader.uint8() : nextCall;
    if (separator === nextCall) calls.push(call);
  } while (reader.remaining > 0);
  return calls;
}

function readCall(reader: ByteReader): RpcRequest {
  const procedure = readProcedure(reader);
  reader.uint16();
  const parameters: RpcParameter[] = [];
  for (let next = reader.peekUint8(); next !== undefined && next < nextCallNotExecuted; next = reader.peekUint8()) {
    parameters.push(readParameter(reader, parameters.length + 1));
  }
  return { procedure, parameters };
}

function readProcedure(reader: ByteReader): string {
  const length = reader.uint16();
  if (length !== byNumber) return reader.ucs2(length);
  const number = reader.uint16();
  const name = wellKnown[number];
  if (name === undefined) throw new ProtocolError(`no procedure has the number ${number}`);
  return name;
}

function readParameter(reader: ByteReader, ordinal: number): RpcParameter {
  const name = reader.shortText();
  const flags = reader.uint8();
  if (flags & status.encrypted) throw new ProtocolError("an encrypted parameter was not agreed upon");
  const typed = readValue(reader, ordinal, name);
  return {
    ...typed,
    name: name === "" ? undefined : name.replace(/^@/, ""),
    output: (flags & status.output) !== 0,
  };
}

const tableValueType = 0xf3;

/** Reads a parameter's value. Throws 8009 over a type that the lab does not read, 8023 over a value that its type does not have. */
function readValue(reader: ByteReader, ordinal: number, name: string): Omit<RpcParameter, "name" | "output"> {
  try {
    if (reader.peekUint8() === tableValueType) throw notSpoken("A table-valued parameter");
    const typed = readTyped(reader);
    if (isInstance(typed)) return typed;
    throw sqlError(8023, ordinal, name, typed.type.name);
  } catch (error) {
    if (!(error instanceof UnsupportedType)) throw error;
    throw sqlError(8009, ordinal, name, error.code.toString(16).padStart(2, "0").toUpperCase());
  }
}

/** A transaction manager request (MS-TDS 2.2.6.9). */
export type TransactionRequest =
  | { readonly kind: "begin"; readonly isolationLevel: string | undefined }
  | { readonly kind: "save"; readonly savepoint: string }
  | { readonly kind: "commit" | "rollback"; readonly beginsNext: boolean; readonly savepoint: string }
  | { readonly kind: "unsupported"; readonly name: string };

const transactionRequests: Readonly<Record<number, string>> = {
  0: "TM_GET_DTC_ADDRESS",
  1: "TM_PROPAGATE_XACT",
  6: "TM_PROMOTE_XACT",
};

export function readTransactionRequest(payload: Buffer): TransactionRequest {
  const reader = new ByteReader(payload);
  skipHeaders(reader);
  const type = reader.uint16();
  if (type === 5) return { kind: "begin", isolationLevel: readBegin(reader) };
  if (type === 9) return { kind: "save", savepoint: reader.bytes(reader.uint8()).toString("utf16le") };
  if (type === 7 || type === 8) {
    const savepoint = reader.bytes(reader.uint8()).toString("utf16le");
    const beginsNext = (reader.uint8() & 1) !== 0;
    if (beginsNext) readBegin(reader);
    return { kind: type === 7 ? "commit" : "rollback", beginsNext, savepoint };
  }
  const name = transactionRequests[type];
  if (name === undefined) throw new ProtocolError(`no transaction manager request ${type}`);
  return { kind: "unsupported", name };
}

/** Returns the isolation level, undefined where it stays as it is; the name behind it is not used. */
function readBegin(reader: ByteReader): string | undefined {
  const level = isolationLevels[reader.uint8()];
  reader.bytes(reader.uint8());
  return level;
}
