import { azArguments, shellWord } from "../arguments/managed-instance-id";
import { isBeingMade } from "../azure/link-properties";
import type { InstanceBody } from "../azure/managed-instance";
import { counted } from "../errors/wording";
import type { Instance } from "../sql-server/instance";
import type { AzureFacts, Permission } from "./azure-facts";
import type { Finding } from "./finding";
import { azureCli, both, failed, type Known, mapped, passed, type Told, tested, unknown, warning, words } from "./told";

/** The managed instance: what links need of it. `more`: databases that are to come to it. */
export function instanceChecks(facts: AzureFacts, server: Known<Instance>, more: readonly string[]): Finding[] {
  const { id, instance: found, permissions, failoverGroups, databases, links } = facts;
  const subject = `the managed instance ${facts.name}`;
  const exists = tested("managed-instance", subject, found, (body) =>
    body
      ? passed(`It is there, in ${body.location}.`)
      : failed(
          "Azure knows no such instance, or does not let this principal see it.",
          azureCli("az sql mi list --query '[].id'"),
          words("Give the id of one of these, or sign in to the subscription that has it."),
        ),
  );
  if ("value" in found && !found.value) return [exists];
  const body = mapped(found, (value) => value as InstanceBody);
  return [
    exists,
    tested("azure-rights", subject, permissions, rightsTold),
    tested("instance-state", subject, body, ({ properties: { state } }) => stateTold(id, state)),
    tested("update-policy", subject, both(body, server), ([{ properties }, sqlServer]) =>
      policyTold(id, properties.databaseFormat, sqlServer),
    ),
    tested("way-back", subject, both(body, server), ([{ properties }, sqlServer]) =>
      wayBackTold(properties.databaseFormat, sqlServer),
    ),
    tested("failover-group", subject, failoverGroups, (all) => {
      const [group] = all.filter(({ properties: { managedInstancePairs = [] } }) =>
        managedInstancePairs.some(({ primaryManagedInstanceId = "", partnerManagedInstanceId = "" }) =>
          [primaryManagedInstanceId, partnerManagedInstanceId].some((each) => each.toLowerCase() === id.toLowerCase()),
        ),
      );
      return group
        ? failed(
            `It is in the failover group ${group.name}, and an instance in one takes no links.`,
            words("Link to another instance: a failover group that somebody uses must stay."),
          )
        : passed("It is in no failover group.");
    }),
    tested("database-limit", subject, both(body, databases), ([{ properties }, present]) => {
      const most = properties.isGeneralPurposeV2 ? 500 : 100;
      const count = present.length + more.length;
      return count > most
        ? failed(
            `It would have ${count} databases, with ${more.length} more than today, and takes ${most} in its service tier.`,
            words(
              "Link fewer, link to another instance, or move to the tier Next-gen General Purpose, which takes 500. Whether a database there can go is for its owners to say.",
            ),
          )
        : passed(`It has ${counted(present.length, "database")} of at most ${most}.`);
    }),
    tested("other-links", subject, links, (all) => {
      const busy = all.filter(isBeingMade).map(({ name }) => name);
      return busy.length > 0
        ? warning(
            `Of ${busy.join(", ")} the database is being copied, and until that ends Azure may refuse another link (OperationCanNotStartDueToMiLink): up waits for it.`,
            words("Wait until it is copied, or let up wait."),
          )
        : passed("No database is being copied to it.");
    }),
  ];
}

function stateTold(id: string, state: string | undefined): Told {
  if (state === undefined) return unknown("Azure does not say in which state it is.");
  if (state.toLowerCase() === "ready") return passed("It is ready.");
  if (state.toLowerCase() === "stopped")
    return failed("It is stopped.", azureCli(`az sql mi start ${azArguments(id)}`));
  return failed(`It is in the state ${state}, in which nothing can be made on it.`, words("Wait until it is Ready."));
}

/** Major version of SQL Server 2025, which only instances of its own policy or a newer one take. */
const newest = 17;
const majorOf = ({ productVersion }: Instance): number => Number(productVersion.split(".")[0]);

const takes = (policy: string, server: Instance): boolean =>
  majorOf(server) < newest || policy.toLowerCase() !== "sqlserver2022";

function policyTold(id: string, policy: string | undefined, server: Instance): Told {
  if (policy === undefined) return unknown("Azure does not say which update policy it has.");
  if (takes(policy, server)) return passed(`Its update policy ${policy} takes ${server.version.name}.`);
  return failed(
    `Its update policy ${policy} does not take ${server.version.name}.`,
    words("A change of the policy cannot be taken back, and every database of the instance gets the new format."),
    azureCli(`az sql mi update --ids ${shellWord(id)} --database-format SQLServer2025`),
  );
}

/** The policy from which each version of SQL Server takes a database back. */
const policiesOfReturn: Readonly<Record<number, string>> = { 16: "SQLServer2022", 17: "SQLServer2025" };

/** Whether a database can come back after a fail-over (feature overview, "Prerequisites"). */
function wayBackTold(policy: string | undefined, server: Instance): Told {
  const { name } = server.version;
  const needed = policiesOfReturn[majorOf(server)];
  if (needed === undefined) return passed(`Links of ${name} are one way: nothing comes back after a fail-over.`);
  if (policy === undefined) return unknown("Azure does not say which update policy it has.");
  if (!takes(policy, server)) return passed(`It takes no database of ${name} in the first place.`);
  return policy.toLowerCase() === needed.toLowerCase()
    ? passed(`Its update policy ${policy} lets databases come back to ${name}.`)
    : warning(
        `Its update policy ${policy} lets no database come back to ${name} after a fail-over.`,
        words(
          `Where the way back is needed, link to an instance whose update policy is ${needed}: a policy is never changed to an older one.`,
        ),
      );
}

const type = "Microsoft.Sql/managedInstances";

/** What up, refresh and destroy ask of Azure, and what the preparation page names beside it. */
const usedActions = [
  `${type}/read`,
  `${type}/databases/read`,
  `${type}/endpointCertificates/read`,
  ...["read", "write", "delete"].flatMap((action) => [
    `${type}/distributedAvailabilityGroups/${action}`,
    `${type}/serverTrustCertificates/${action}`,
  ]),
];

function rightsTold(permissions: readonly Permission[]): Told {
  const missing = usedActions.filter((action) => !permissions.some((role) => isGranted(role, action)));
  return missing.length === 0
    ? passed("The principal that is signed in to Azure may do all that a link needs.")
    : failed(
        `The principal that is signed in to Azure may not do all that a link needs. Missing: ${missing.join(", ")}.`,
        words(
          "Have an owner of the instance give it the role SQL Managed Instance Contributor, or a custom role with these actions.",
        ),
        azureCli(
          'az role assignment create --assignee <object id> --role "SQL Managed Instance Contributor" --scope <id of the instance>',
        ),
      );
}

const isGranted = ({ actions, notActions }: Permission, action: string): boolean =>
  actions.some((pattern) => covers(pattern, action)) && !notActions.some((pattern) => covers(pattern, action));

/** A `*` stands for any text, in any letter case. */
function covers(pattern: string, action: string): boolean {
  const [first = "", ...parts] = pattern.toLowerCase().split("*");
  const whole = action.toLowerCase();
  if (parts.length === 0) return first === whole;
  if (!whole.startsWith(first)) return false;
  const last = parts.pop() ?? "";
  let at = first.length;
  for (const part of parts) {
    const found = whole.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return whole.length - last.length >= at && whole.endsWith(last);
}
