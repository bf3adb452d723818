import type { StatementEnd } from "../tsql/host";
import type { SqlError } from "../tsql/messages";
import type { Column } from "../tsql/types";
import { ByteWriter } from "./bytes";
import { commands, otherCommand } from "./commands";
import type { RpcParameter, RpcSink } from "./contract";
import { createPacketWriter } from "./framing";
import {
  type DoneToken,
  done,
  doneStatus,
  transactionDescriptor,
  writeColumns,
  writeDone,
  writeEnvChange,
  writeMessage,
  writeReturnStatus,
  writeReturnValue,
  writeRow,
} from "./tokens";

export interface ReplyOptions {
  readonly serverName: string;
  readonly packetSize: number;
  readonly spid: number;
  readonly knowsNbc: boolean;
  /** Sends a whole packet. */
  readonly send: (packet: Buffer) => void;
  /** Ends when the client has read what was sent; undefined where it has read all. */
  readonly drained: () => Promise<void> | undefined;
}

/** One response message. Tokens go out in packets as they fill; the last packet is for the caller to send. */
export interface Reply extends RpcSink {
  readonly writer: ByteWriter;
  /** Begins the next call of an RPC message; results inside a call end with DONEINPROC. */
  beginCall(parameters: readonly RpcParameter[]): void;
  endCall(more: boolean): void;
  /** Whether an error with a severity of 20 or more has ended the connection. */
  readonly fatal: boolean;
  /** Returns the last packet, after the last DONE. */
  end(): Buffer;
  /** Returns the last packet of a message without a DONE: PRELOGIN's answer, or one that is complete already. */
  endBare(): Buffer;
}

interface Ended {
  readonly kind: DoneToken;
  readonly status: number;
  readonly currentCommand: number;
  readonly rowCount: number;
}

export function createReply(options: ReplyOptions): Reply {
  const writer = new ByteWriter();
  const packets = createPacketWriter(options.packetSize, options.spid, options.send);
  let columns: readonly Column[] = [];
  // A DONE says whether another one follows, so that one is always held back.
  let held: Ended | undefined;
  let failed = false;
  let fatal = false;
  let call: readonly RpcParameter[] | undefined;
  let inProcedure = false;
  let returnStatus: number | undefined;
  let returnValues = new ByteWriter();
  let ended = false;

  const release = (more: boolean): void => {
    if (!held) return;
    writeDone(writer, held.kind, held.status | (more ? doneStatus.more : 0), held.currentCommand, held.rowCount);
    held = undefined;
  };
  /** Writes any token but a DONE, after the one that is held back. */
  const write = (tokenWriter: () => void): void => {
    if (ended) return;
    release(true);
    tokenWriter();
    if (writer.length >= options.packetSize) packets.write(writer.take());
  };
  const hold = (end: Ended): void => {
    if (ended) return;
    release(true);
    held = end;
  };

  const reply: Reply = {
    writer,
    get fatal() {
      return fatal;
    },
    columns(next) {
      columns = next;
      write(() => writeColumns(writer, next));
    },
    row: (values) => write(() => writeRow(writer, columns, values, options.knowsNbc)),
    statementEnd(end) {
      failed = end.failed;
      const counted = end.rowCount === undefined ? 0 : doneStatus.count;
      hold({
        kind: call || inProcedure ? done.inProcedure : done.batch,
        status: counted | (end.failed ? doneStatus.error : 0),
        currentCommand: currentCommand(end),
        rowCount: end.rowCount ?? 0,
      });
    },
    error(error: SqlError) {
      failed = true;
      if (error.severity >= 20) fatal = true;
      write(() => writeMessage(writer, "error", { ...plain(error), line: error.line || 1 }, options.serverName));
    },
    info: (message) => write(() => writeMessage(writer, "info", { ...message, procedure: "" }, options.serverName)),
    databaseChanged(name, previous) {
      write(() => {
        writeEnvChange.database(writer, name, previous);
        writeMessage(writer, "info", contextChanged(name, 1), options.serverName);
      });
    },
    transactionChanged: (change, id) => write(() => writeEnvChange[change](writer, transactionDescriptor(id))),
    procedureBegan() {
      inProcedure = true;
      failed = false;
    },
    procedureEnded(value) {
      inProcedure = false;
      if (value === undefined) return;
      write(() => writeReturnStatus(writer, value));
      hold({ kind: done.procedure, status: failed ? doneStatus.error : 0, currentCommand: execute, rowCount: 0 });
    },
    drained: options.drained,
    returnStatus(value) {
      returnStatus = value;
    },
    returnValue(ordinal, type, value) {
      writeReturnValue(returnValues, ordinal, call?.[ordinal]?.name ?? "", type, value);
    },
    beginCall(parameters) {
      call = parameters;
      failed = false;
      returnStatus = undefined;
      returnValues = new ByteWriter();
    },
    endCall(more) {
      write(() => {
        if (returnStatus !== undefined) writeReturnStatus(writer, returnStatus);
        writer.bytes(returnValues.take());
      });
      const status = (failed ? doneStatus.error : 0) | (more ? doneStatus.more : 0);
      hold({ kind: done.procedure, status, currentCommand: execute, rowCount: 0 });
      call = undefined;
    },
    end() {
      if (held) release(false);
      else writeDone(writer, done.batch, failed ? doneStatus.error : doneStatus.final);
      return reply.endBare();
    },
    endBare() {
      ended = true;
      packets.write(writer.take());
      return packets.end();
    },
  };
  return reply;
}

const execute = commands.exec ?? otherCommand;

/** A statement that shows rows ends as a SELECT does. */
function currentCommand({ isSelect, command }: StatementEnd): number {
  return commands[isSelect ? "select" : (command ?? "")] ?? otherCommand;
}

function plain(error: SqlError): { number: number; severity: number; state: number; text: string; procedure: string } {
  const { number, severity, state, text, procedure } = error;
  return { number, severity, state, text, procedure };
}

export function contextChanged(database: string, state: number) {
  const text = `Changed database context to '${database}'.`;
  return { number: 5701, severity: 10, state, text, procedure: "", line: 1 };
}
