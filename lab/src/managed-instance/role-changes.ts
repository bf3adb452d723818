import type { RoleChange } from "../network";
import { setRole } from "../sql-server/group-roles";
import type { AvailabilityGroup, Instance } from "../sql-server/model";
import { nameKey } from "../sql-server/names";
import { SqlError, sqlError } from "../tsql/messages";
import type { Azure } from "./azure";
import { interrupted, roleChangeFailure } from "./engine-failures";
import { linkState } from "./link-state";
import type { Link, LinkRole, ManagedInstance } from "./managed-instance";
import type { OperationFailure } from "./operations";
import { followRoles } from "./replicate";

/** Changes the roles of both sides. The link is asynchronous afterwards, whatever it was ("Best practices"). Throws 47513, 47514. */
export async function failOver(
  link: Link,
  instance: ManagedInstance,
  azure: Azure,
  closing?: AbortSignal,
): Promise<void> {
  if (link.isFailingOver) throw sqlError(47513);
  reachedPartner(link, instance, azure);
  refuseLargeQueues(link, azure);
  const signal = AbortSignal.any([link.cancelled.signal, ...(closing ? [closing] : [])]);
  link.isFailingOver = true;
  try {
    await azure.clock.sleep(azure.options.changeMilliseconds ?? 0, signal);
  } finally {
    link.isFailingOver = false;
  }
  const { sqlServer, distributedGroup } = reachedPartner(link, instance, azure);
  for (const { replication } of link.databases) replication?.drain();
  setRole(sqlServer, distributedGroup, link.role === "Primary" ? "PRIMARY" : "SECONDARY");
  setInstanceRole(link, instance, link.role === "Primary" ? "Secondary" : "Primary");
  link.replicationMode = "Async";
  for (const replica of [distributedGroup, ...ownGroups(link, instance)].flatMap(({ replicas }) => replicas))
    replica.availabilityMode = "ASYNCHRONOUS_COMMIT";
  followRoles(link, instance, sqlServer, azure);
}

/** Refuses a failover that could not wait long enough for its queues to become empty. */
function refuseLargeQueues({ databases }: Link, { latency, options }: Azure): void {
  const positions = databases.flatMap(({ replication }) => replication?.position() ?? []);
  const longest = Math.max(options.linkTimeoutMilliseconds, options.changeMilliseconds ?? 0);
  if (positions.some(({ sendQueueBytes }) => sendQueueBytes > 0) && latency.replication > longest)
    throw sqlError(47515);
  if (positions.some(({ redoQueueBytes }) => redoQueueBytes > 0) && latency.redo > longest) throw sqlError(47516);
}

/** Changes this side only; the partner learns nothing of it. */
export function forceFailOver(link: Link, instance: ManagedInstance): void {
  setInstanceRole(link, instance, link.role === "Primary" ? "Secondary" : "Primary");
}

function reachedPartner(link: Link, instance: ManagedInstance, azure: Azure) {
  const { agreement, isHealthy } = linkState(link, instance, azure);
  if (link.phase !== "created" || "disagreement" in agreement || (!isHealthy && !link.isFailingOver))
    throw sqlError(47514);
  return agreement.agreed;
}

function setInstanceRole(link: Link, instance: ManagedInstance, role: LinkRole): void {
  link.role = role;
  const distributed = instance.engine.groups.get(nameKey(link.name));
  if (distributed) setRole(instance.engine, distributed, role === "Primary" ? "PRIMARY" : "SECONDARY");
}

function ownGroups(link: Link, { engine }: ManagedInstance): readonly AvailabilityGroup[] {
  const group = engine.groups.get(nameKey(link.name));
  return group ? [group] : [];
}

/** Changes a role for ALTER AVAILABILITY GROUP, which may run on either side. */
export async function changeRole(
  engine: Instance,
  group: AvailabilityGroup,
  change: RoleChange,
  end: { readonly link: Link; readonly managedInstance: ManagedInstance } | undefined,
  azure: Azure,
): Promise<void> {
  if (change === "failover") {
    if (!end) throw sqlError(47511, group.name);
    await failOver(end.link, end.managedInstance, azure);
    return;
  }
  if (end?.link.isFailingOver) throw sqlError(41968);
  const role = change === "becomeSecondary" ? "SECONDARY" : "PRIMARY";
  if (instanceIsAlready(role, engine, end?.link)) throw sqlError(41965);
  if (end?.managedInstance.engine === engine)
    setInstanceRole(end.link, end.managedInstance, role === "PRIMARY" ? "Primary" : "Secondary");
  else setRole(engine, group, role);
  // linkState also turns the replication around, if the roles of the two sides fit again: the secondary gets the
  // primary's data.
  if (end) linkState(end.link, end.managedInstance, azure);
}

/** Only a managed instance refuses the role that it has already; SQL Server takes it again. */
function instanceIsAlready(role: AvailabilityGroup["role"], { kind }: Instance, link: Link | undefined): boolean {
  return kind === "managedInstance" && link?.role.toUpperCase() === role;
}

/** Turns the engine's refusal into the failure that a request's operation shows. */
export async function asOperation(link: Link, work: () => Promise<void>): Promise<OperationFailure | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof SqlError) return roleChangeFailure(error);
    if (link.cancelled.signal.aborted) return interrupted;
    throw error;
  }
}
