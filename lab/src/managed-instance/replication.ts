import type { Latency } from "../faults/faults";
import type { Clock, ReplicaPosition } from "../network";
import type { Database, LogRecord } from "../sql-server/model";
import { redo } from "../sql-server/transaction-log";
import { copyCommitted } from "../tsql/data/committed";

/** One copy of a database that follows another one: committed transactions go over, are hardened, and are redone. */
export interface Replication {
  readonly source: Database;
  readonly target: Database;
  position(): ReplicaPosition;
  /** Sends what is due if the two are connected, and redoes what has arrived. */
  pump(): void;
  /** Sends and redoes all that the source has, whatever the lag is, for a planned failover. */
  drain(): void;
  stop(): void;
}

export interface ReplicationRequest {
  readonly source: Database;
  readonly target: Database;
  readonly clock: Clock;
  readonly latency: Latency;
  /** Returns undefined while the two are not connected. A synchronous secondary has no lag. */
  readonly mode: () => "Async" | "Sync" | undefined;
}

/** How often a copy that is behind looks whether it is connected again. */
const lookAgainMilliseconds = 50;

/** Makes the target what the source has committed so far; from then on it follows the source. */
export function startReplication({ source, target, clock, latency, mode }: ReplicationRequest): Replication {
  const sending: LogRecord[] = [];
  const redoing: { readonly record: LogRecord; readonly hardenedAt: number }[] = [];
  const ended = new AbortController();
  let isScheduled = false;
  const started = clock.now();
  let hardened = { lsn: source.endOfLogLsn, at: started };
  let redone = { lsn: source.endOfLogLsn, at: started, committedAt: started };
  copyCommitted(target.store, source.store);
  target.endOfLogLsn = source.endOfLogLsn;
  target.sizeBytes = source.sizeBytes;

  const follow = (record: LogRecord): void => {
    // The source's own clock may be wrong.
    sending.push({ ...record, at: clock.now() });
    // A synchronous secondary has the record before the commit is answered.
    if (mode() === "Sync") pump();
    else schedule(0);
  };
  source.followers.add(follow);

  /** Plans one look at all that is due, after the statement that wrote it has ended; a later one where nothing could be sent. */
  function schedule(atLeast: number): void {
    if (isScheduled || ended.signal.aborted) return;
    isScheduled = true;
    const delay = Math.max(atLeast, nextDue() - clock.now().getTime());
    clock.sleep(delay, ended.signal).then(
      () => {
        isScheduled = false;
        pump();
      },
      () => undefined,
    );
  }

  function nextDue(): number {
    const lag = mode() === "Sync" ? 0 : latency.replication;
    const next = sending[0] ? sending[0].at.getTime() + lag : Number.POSITIVE_INFINITY;
    return Math.min(next, redoing[0] ? redoing[0].hardenedAt + latency.redo : next);
  }

  function harden(until: number): void {
    for (let record = sending[0]; record && record.at.getTime() <= until; record = sending[0]) {
      sending.shift();
      const at = clock.now();
      hardened = { lsn: record.lsn, at };
      redoing.push({ record, hardenedAt: at.getTime() });
    }
    // The log also grows by blocks without a transaction, such as a backup's.
    if (sending.length === 0) hardened = { ...hardened, lsn: source.endOfLogLsn };
    target.endOfLogLsn = hardened.lsn;
    target.sizeBytes = source.sizeBytes;
  }

  function redoHardened(until: number): void {
    for (let next = redoing[0]; next && next.hardenedAt <= until; next = redoing[0]) {
      redoing.shift();
      redo(target, next.record);
      redone = { lsn: next.record.lsn, at: clock.now(), committedAt: next.record.at };
    }
    if (redoing.length === 0) redone = { ...redone, lsn: hardened.lsn };
  }

  function pump(): void {
    if (ended.signal.aborted) return;
    const now = clock.now().getTime();
    const connection = mode();
    if (connection) harden(connection === "Sync" ? now : now - latency.replication);
    redoHardened(now - latency.redo);
    if (sending.length + redoing.length > 0) schedule(connection ? 1 : lookAgainMilliseconds);
  }

  return {
    source,
    target,
    pump,
    drain() {
      harden(Number.POSITIVE_INFINITY);
      redoHardened(Number.POSITIVE_INFINITY);
    },
    position() {
      const now = clock.now().getTime();
      const [unsent, unredone] = [sending[0], redoing[0]?.record];
      const behind = (record: LogRecord | undefined) => (record ? (now - record.at.getTime()) / 1000 : 0);
      return {
        endOfLogLsn: source.endOfLogLsn,
        hardenedLsn: hardened.lsn,
        hardenedAt: hardened.at,
        redoneLsn: redone.lsn,
        redoneAt: redone.at,
        committedAt: redone.committedAt,
        sendQueueBytes: bytesOf(sending),
        redoQueueBytes: bytesOf(redoing.map(({ record }) => record)),
        sendLagSeconds: behind(unsent),
        redoLagSeconds: behind(unredone),
      };
    },
    stop() {
      ended.abort();
      source.followers.delete(follow);
    },
  };
}

function bytesOf(records: readonly LogRecord[]): number {
  return records.reduce((sum, { bytes }) => sum + bytes, 0);
}
