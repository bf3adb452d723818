import { ArmError } from "./arm-error";
import { accepted, type Call, type Reply } from "./exchange";
import { drop, interruptCreations } from "./links";
import type { ManagedInstance } from "./managed-instance";

/** Throws where the instance is not Ready. The answer says whether it makes sense to try again later. */
export function refuseUnlessReady({ engine, state }: ManagedInstance): void {
  if (state === "Starting")
    throw new ArmError(400, "ManagedInstanceStarting", `Managed instance '${engine.name}' is starting.`);
  if (state === "Updating" || state === "Deleting")
    throw new ArmError(
      409,
      "ManagedInstanceIsBusy",
      `The server '${engine.name}' is currently busy. Please wait a few minutes before trying again.`,
    );
  if (state !== "Ready")
    throw new ArmError(
      400,
      "ManagedInstanceStoppingOrStopped",
      `Managed instance '${engine.name}' is stopping or stopped.`,
    );
}

export function stopInstance(call: Call): Reply {
  refuseInBetween(call.instance);
  refuseUnlessReady(call.instance);
  if (!call.failOperation) interruptCreations(call.instance);
  return change(call, "StopManagedServer", "Stopping", "Stopped");
}

export function startInstance(call: Call): Reply {
  refuseInBetween(call.instance);
  return change(call, "StartManagedServer", "Starting", "Ready");
}

/** Deletes an instance: its links end as by DELETE, and its endpoints answer no more. */
export function deleteInstance(call: Call): Reply {
  const { instance, azure, failOperation } = call;
  refuseInBetween(instance);
  if (!failOperation) instance.state = "Deleting";
  return accepted(call, "managedInstance", "DropManagedServer", async () => {
    for (const { name } of instance.links.values()) drop(name, instance);
    await azure.switchPower?.(instance.engine, false);
    instance.state = "Deleted";
    return undefined;
  });
}

/** The name of the operation that is in progress in each of these states. */
const inProgress: Partial<Record<ManagedInstance["state"], string>> = {
  Stopping: "StopManagedServer",
  Starting: "StartManagedServer",
  Updating: "UpsertManagedServer",
  Deleting: "DropManagedServer",
};

function refuseInBetween({ state }: ManagedInstance): void {
  const operation = inProgress[state];
  if (operation)
    throw new ArmError(
      400,
      "ManagedInstanceOperationInProgress",
      `The operation could not be completed because ${operation} operation is in progress. Please wait for the operation in progress to complete and try again.`,
    );
}

function change(
  call: Call,
  name: string,
  meanwhile: ManagedInstance["state"],
  afterwards: ManagedInstance["state"],
): Reply {
  const { instance, azure, failOperation } = call;
  if (!failOperation) instance.state = meanwhile;
  return accepted(call, "managedInstance", name, async (closing) => {
    if (afterwards !== "Ready") await azure.switchPower?.(instance.engine, false);
    await azure.clock.sleep(azure.options.changeMilliseconds ?? 0, closing);
    if (afterwards === "Ready") await azure.switchPower?.(instance.engine, true);
    instance.state = afterwards;
    return undefined;
  });
}
