import { ArmError } from "./arm-error";
import { accepted, type Call, type Reply } from "./exchange";
import type { ManagedInstance } from "./managed-instance";

/** Throws where the instance is not Ready; where it starts, one may come back later. */
export function refuseUnlessReady({ engine, state }: ManagedInstance): void {
  if (state === "Starting")
    throw new ArmError(400, "ManagedInstanceStarting", `Managed instance '${engine.name}' is starting.`);
  if (state !== "Ready")
    throw new ArmError(
      400,
      "ManagedInstanceStoppingOrStopped",
      `Managed instance '${engine.name}' is stopping or stopped.`,
    );
}

export function stopInstance(call: Call): Reply {
  refuseUnlessReady(call.instance);
  return change(call, "StopManagedInstance", "Stopping", "Stopped");
}

export function startInstance(call: Call): Reply {
  const { engine, state } = call.instance;
  if (state === "Stopping" || state === "Starting")
    throw new ArmError(
      400,
      "ManagedInstanceOperationInProgress",
      `Another operation of managed instance '${engine.name}' is in progress.`,
    );
  return change(call, "StartManagedInstance", "Starting", "Ready");
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
