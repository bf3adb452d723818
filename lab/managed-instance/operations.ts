import { randomUUID } from "node:crypto";
import type { Clock } from "../network";

/** What a long-running operation ends with when it fails: the poll is HTTP 200 all the same. */
export interface OperationFailure {
  readonly code: string;
  readonly message: string;
}

export interface Operation {
  readonly id: string;
  /** As in the body of the 202: "DistributedAvailabilityGroupsLinkCreate". */
  readonly name: string;
  readonly started: Date;
  status: "InProgress" | "Succeeded" | "Failed" | "Canceled";
  failure?: OperationFailure;
  /** What the operation-result address shows once it succeeded. */
  readonly result: () => object | undefined;
}

/** Returns nothing where it succeeded. */
export type Work = (signal: AbortSignal) => Promise<OperationFailure | undefined> | OperationFailure | undefined;

export interface Operations {
  start(name: string, work: Work, result?: () => object | undefined): Operation;
  find(id: string): Operation | undefined;
  /** Cancels what runs. */
  close(): Promise<void>;
}

export function createOperations(clock: Clock): Operations {
  const all = new Map<string, Operation>();
  const running = new Set<Promise<void>>();
  const closing = new AbortController();

  async function run(operation: Operation, work: Work): Promise<void> {
    try {
      operation.failure = await work(closing.signal);
      operation.status = operation.failure ? "Failed" : "Succeeded";
    } catch (error) {
      operation.status = closing.signal.aborted ? "Canceled" : "Failed";
      operation.failure = { code: "InternalServerError", message: String(error) };
    }
  }

  return {
    start(name, work, result = () => undefined) {
      const operation: Operation = { id: randomUUID(), name, started: clock.now(), status: "InProgress", result };
      all.set(operation.id, operation);
      const done = run(operation, work).finally(() => running.delete(done));
      running.add(done);
      return operation;
    },
    find: (id) => all.get(id.toLowerCase()),
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}
