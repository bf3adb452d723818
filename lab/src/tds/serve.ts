import { ConnectionDropped } from "../faults/faults";
import { SqlError, sqlError } from "../tsql/messages";
import { notSpoken } from "../tsql/not-spoken";
import { ProtocolError } from "./bytes";
import type { TdsSession } from "./contract";
import { type Message, packetType } from "./framing";
import type { Reply } from "./reply";
import { readBatch, readCalls, readTransactionRequest } from "./requests";
import { transactionDescriptor, writeEnvChange } from "./tokens";

export interface Pending {
  readonly message: Message;
  readonly abort: AbortController;
}

/** Runs one request; its results and errors go to the reply. Throws what has to end the connection. */
export async function answer({ message, abort }: Pending, session: TdsSession, reply: Reply): Promise<void> {
  if (message.resetConnection) {
    session.reset();
    writeEnvChange.resetConnection(reply.writer);
  }
  if (message.ignored || abort.signal.aborted) return;
  try {
    await run(message, session, reply, abort.signal);
  } catch (error) {
    if (abort.signal.aborted) reply.statementEnd({ isSelect: false, failed: true });
    for (const sqlServerError of asErrors(error, abort.signal)) reply.error(sqlServerError);
  }
}

async function run(message: Message, session: TdsSession, reply: Reply, signal: AbortSignal): Promise<void> {
  switch (message.type) {
    case packetType.sqlBatch:
      return session.batch(readBatch(message.payload), reply, signal);
    case packetType.rpc:
      return runCalls(message, session, reply, signal);
    case packetType.transactionManager:
      return runTransactionRequest(message, session, reply);
    case packetType.bulkLoad:
      throw notSpoken("A bulk load");
    case packetType.sspi:
      throw sqlError(18452);
    default:
      throw new ProtocolError(`packets of type ${message.type} have their time before the login`);
  }
}

async function runCalls(message: Message, session: TdsSession, reply: Reply, signal: AbortSignal): Promise<void> {
  const calls = readCalls(message.payload);
  for (const [index, call] of calls.entries()) {
    reply.beginCall(call.parameters);
    try {
      await session.rpc(call, reply, signal);
    } catch (error) {
      for (const sqlServerError of asErrors(error, signal)) reply.error(sqlServerError);
    }
    reply.endCall(index < calls.length - 1);
  }
}

let lastTransaction = 0n;
const descriptors = new WeakMap<TdsSession, Buffer>();

function runTransactionRequest(message: Message, session: TdsSession, reply: Reply): void {
  const request = readTransactionRequest(message.payload);
  switch (request.kind) {
    case "unsupported":
      throw notSpoken(request.name);
    case "begin":
      return begin(session, reply, request.isolationLevel);
    case "save":
      session.saveTransaction?.(request.savepoint);
      return;
  }
  if (request.kind === "rollback" && request.savepoint !== "") {
    session.rollbackTransaction(request.savepoint);
    return;
  }
  const ended = session.transaction && transactionDescriptor(session.transaction.id);
  const isOutermost = session.transactionCount <= 1 || request.kind === "rollback";
  if (request.kind === "commit") session.commitTransaction();
  else session.rollbackTransaction();
  if (isOutermost) writeEnvChange[request.kind](reply.writer, ended ?? descriptors.get(session) ?? Buffer.alloc(8));
  if (request.beginsNext) begin(session, reply, undefined);
}

function begin(session: TdsSession, reply: Reply, isolationLevel: string | undefined): void {
  session.beginTransaction(isolationLevel);
  const descriptor = transactionDescriptor(session.transaction?.id ?? ++lastTransaction);
  descriptors.set(session, descriptor);
  writeEnvChange.begin(reply.writer, descriptor);
}

export function withCauses(error: SqlError): readonly SqlError[] {
  return [...error.preceding.flatMap(withCauses), error];
}

/**
 * The errors that a client sees when something was thrown; a cancelled request has only its DONE. Throws what ends
 * the connection.
 */
export function asErrors(error: unknown, signal?: AbortSignal): readonly SqlError[] {
  if (error instanceof ProtocolError || error instanceof ConnectionDropped) throw error;
  if (error instanceof SqlError) return withCauses(error);
  if (signal?.aborted) return [];
  const reason = error instanceof Error ? error.message : String(error);
  return [new SqlError(50000, 16, `[lab] An internal error occurred: ${reason}`)];
}
