import type { Ready } from "#lab/index";

export interface Place {
  readonly subscription: string;
  readonly group: string;
  readonly instance: string;
}

/** The address of the lab's first managed instance in Azure's terms. */
export function placeOf({ managedInstances: [instance] }: Ready): Place {
  const [, , subscription, , group] = (instance?.id ?? "").split("/");
  if (!instance || !subscription || !group) throw new Error("the lab has no managed instance");
  return { subscription, group, instance: instance.name };
}
