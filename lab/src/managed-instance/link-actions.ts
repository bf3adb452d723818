import { sqlError } from "../tsql/messages";
import { offers } from "./api-versions";
import { ArmError } from "./arm-error";
import { child } from "./certificate-resources";
import { roleChangeFailure } from "./engine-failures";
import { accepted, type Call, isRecord, type Reply, textOf } from "./exchange";
import { existing, linkResource } from "./link-resource";
import type { Link, LinkRole } from "./managed-instance";
import { asOperation, failOver as failOverBothSides, forceFailOver } from "./role-changes";

const type = "distributedAvailabilityGroups";

/** POST failover: a planned one changes both sides and is asked of the primary; a forced one changes this side alone. */
export function failOver(call: Call): Reply {
  refuseBefore("failover", call);
  const link = existing(call);
  const kind = oneOf(["Planned", "ForcedAllowDataLoss"], memberOf(call, "failoverType"), {
    code: "InvalidDistributedAvailabilityGroupFailoverRequest",
    member: "failoverType",
  });
  if (kind === "Planned" && link.role === "Secondary")
    throw new ArmError(
      400,
      "InvalidDistributedAvailabilityGroupFailoverInstanceRole",
      "Planned failover can be executed on a link in the primary role only. Current state of the specified link is secondary.",
    );
  refuseWhileFailingOver(link);
  return accepted(
    call,
    type,
    "DistributedAvailabilityGroupsLinkFailover",
    (closing) => asOperation(link, () => changeRoles(link, kind === "Planned", call, closing)),
    () => stub(link, call),
  );
}

/** POST setRole, which did this before there was failover. */
export function setRole(call: Call): Reply {
  refuseBefore("setRole", call);
  const link = existing(call);
  const code = "InvalidDistributedAvailabilityGroupSetRoleRequest";
  if (memberOf(call, "instanceRole") === "" || memberOf(call, "roleChangeType") === "")
    throw new ArmError(400, code, "Distributed Availability Group Set Role request body is empty or invalid.");
  const role: LinkRole = oneOf(["Primary", "Secondary"], memberOf(call, "instanceRole"), {
    code: "InvalidDistributedAvailabilityGroupRole",
    member: "instanceRole",
  });
  const change = oneOf(["Forced", "Planned"], memberOf(call, "roleChangeType"), {
    code: "InvalidDistributedAvailabilityGroupChangeType",
    member: "roleChangeType",
  });
  refuseWhileFailingOver(link);
  return accepted(
    call,
    type,
    "DistributedAvailabilityGroupsSetRole",
    (closing) =>
      asOperation(link, async () => {
        if (link.role === role) throw sqlError(41965);
        if (role === "Primary" && change === "Planned") throw sqlError(41970);
        await changeRoles(link, change === "Planned", call, closing);
      }),
    () => linkResource(link, call),
  );
}

async function changeRoles(
  link: Link,
  isPlanned: boolean,
  { instance, azure }: Call,
  closing: AbortSignal,
): Promise<void> {
  if (isPlanned) await failOverBothSides(link, instance, azure, closing);
  else forceFailOver(link, instance);
}

/** The body recorded at the operation's Location: not the whole resource, and a failover mode that the link does not have. */
function stub(link: Link, { instance }: Call): object {
  const properties = {
    distributedAvailabilityGroupName: link.name,
    instanceLinkRole: link.role,
    failoverMode: "None",
    seedingMode: "Automatic",
  };
  return { properties, ...child(type, link.name, instance) };
}

function refuseBefore(action: "failover" | "setRole", { version }: Call): void {
  if (!offers(version, action))
    throw new ArmError(404, "InvalidResourceType", `Api-version '${version}' has no action '${action}' of a link.`);
}

function refuseWhileFailingOver({ isFailingOver }: Link): void {
  if (!isFailingOver) return;
  const { code, message } = roleChangeFailure(sqlError(41968));
  throw new ArmError(409, code, message);
}

function memberOf({ body }: Call, member: string): string {
  return isRecord(body) ? textOf(body[member]) : "";
}

function oneOf<T extends string>(
  allowed: readonly T[],
  value: string,
  { code, member }: { readonly code: string; readonly member: string },
): T {
  const found = allowed.find((candidate) => candidate.toLowerCase() === value.toLowerCase());
  if (!found)
    throw new ArmError(400, code, `Invalid value given for ${member}. Specify one of: ${allowed.join(", ")}.`);
  return found;
}
