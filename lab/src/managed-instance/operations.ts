import { randomUUID } from "node:crypto";
import type { Clock } from "../network";
import type { ManagedInstance } from "./managed-instance";

/** The error that a long-running operation ends with: the poll answers HTTP 200 all the same. */
export interface OperationFailure {
  readonly code: string;
  readonly message: string;
}

/** The request to start an operation. */
export interface OperationRequest {
  readonly instance: ManagedInstance;
  /** The type in the addresses to poll: "distributedAvailabilityGroups", or "managedInstance" for the instance itself. */
  readonly type: string;
  /** The name in the body of the 202: "DistributedAvailabilityGroupsLinkCreate". */
  readonly name: string;
  readonly work: Work;
  /** The body that the operation-result address shows once the operation has succeeded. */
  readonly result?: () => object | undefined;
  readonly isCancellable?: boolean;
}

export interface Operation extends Omit<OperationRequest, "work"> {
  readonly id: string;
  readonly started: Date;
  status: "InProgress" | "Succeeded" | "Failed" | "Canceled";
  failure?: OperationFailure;
  readonly cancelled: AbortController;
}

/** Returns nothing where it succeeded. */
export type Work = (signal: AbortSignal) => Promise<OperationFailure | undefined> | OperationFailure | undefined;

export interface Operations {
  start(request: OperationRequest): Operation;
  find(id: string): Operation | undefined;
  /** The operations of the instance itself, newest last. */
  ofInstance(instance: ManagedInstance): readonly Operation[];
  running(): number;
  /** Cancels what runs. */
  close(): Promise<void>;
}

/** Only so many operations that have ended can still be asked for. */
const mostEnded = 1000;

const cancelledByUser: OperationFailure = {
  code: "OperationCancelled",
  message: "The operation has been cancelled by user.",
};

/** `leastMilliseconds`: what an operation takes at least, before it has any effect. */
export function createOperations(clock: Clock, leastMilliseconds = 0): Operations {
  const all = new Map<string, Operation>();
  const ended: string[] = [];
  const running = new Set<Promise<void>>();
  const closing = new AbortController();

  async function run(operation: Operation, work: Work): Promise<void> {
    const signal = AbortSignal.any([closing.signal, operation.cancelled.signal]);
    try {
      if (leastMilliseconds > 0) await clock.sleep(leastMilliseconds, signal);
      operation.failure = await work(signal);
      operation.status = operation.failure ? "Failed" : "Succeeded";
    } catch (error) {
      operation.status = closing.signal.aborted ? "Canceled" : "Failed";
      operation.failure = operation.cancelled.signal.aborted
        ? cancelledByUser
        : { code: "InternalServerError", message: String(error) };
    }
  }

  return {
    start({ work, ...request }) {
      const operation: Operation = {
        ...request,
        id: randomUUID(),
        started: clock.now(),
        status: "InProgress",
        cancelled: new AbortController(),
      };
      all.set(operation.id, operation);
      const done = run(operation, work).finally(() => {
        running.delete(done);
        ended.push(operation.id);
        if (ended.length > mostEnded) all.delete(ended.shift() ?? "");
      });
      running.add(done);
      return operation;
    },
    find: (id) => all.get(id.toLowerCase()),
    ofInstance: (instance) =>
      [...all.values()].filter((operation) => operation.instance === instance && operation.type === "managedInstance"),
    running: () => running.size,
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}
