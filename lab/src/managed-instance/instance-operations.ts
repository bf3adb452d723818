import { ArmError, operationNotFound } from "./arm-error";
import { azureTime } from "./azure-time";
import { child } from "./certificate-resources";
import { type Call, ok, type Reply } from "./exchange";
import type { Operation } from "./operations";

export function listOperations(call: Call): Reply {
  return ok({ value: call.azure.operations.ofInstance(call.instance).map(resource) });
}

export function getOperation(call: Call): Reply {
  return ok(resource(existing(call)));
}

/** Cancels an update, the one operation that takes its time and leaves the instance as it was until it ends. */
export function cancelOperation(call: Call): Reply {
  const operation = existing(call);
  if (!operation.isCancellable || operation.status !== "InProgress")
    throw new ArmError(
      409,
      "CannotCancelOperation",
      "The management operation is in a state that cannot be cancelled.",
    );
  operation.cancelled.abort();
  return { status: 200 };
}

function existing({ azure, instance, name }: Call): Operation {
  const found = azure.operations.ofInstance(instance).find(({ id }) => id === name.toLowerCase());
  if (!found) throw operationNotFound(name);
  return found;
}

function resource({ id, name, started, status, failure, isCancellable, instance }: Operation): object {
  const isRunning = status === "InProgress";
  return {
    properties: {
      managedInstanceName: instance.engine.name,
      operation: name,
      percentComplete: isRunning ? 0 : 100,
      startTime: azureTime(started),
      state: failure?.code === "OperationCancelled" ? "Cancelled" : status,
      ...(failure ? { errorDescription: failure.message, isUserError: true } : {}),
      isCancellable: isRunning && isCancellable === true,
    },
    ...child("operations", id, instance),
  };
}
