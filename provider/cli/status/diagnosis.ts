import { managedInstanceIn, managedInstanceUrl, sameUrl } from "../../arguments/endpoint-url";
import { sameHost } from "../../arguments/host";
import { azArguments } from "../../arguments/managed-instance-id";
import { sameName } from "../../arguments/names";
import { entryOf } from "../../errors/catalogue";
import { lookAt } from "../../sql-server/outcome";
import { sql } from "../../sql-server/tsql";
import { databaseProblems } from "./database-problems";
import type { Looked } from "./looked-link";
import { levels, type Problem } from "./status-data";
import { symptoms } from "./symptoms";
import { endpointProblems, expiryWarnings, trustProblems } from "./trust-problems";

/**
 * What is wrong with a link, the cause first. Everything that both sides tell is looked at for a cause; only where there is
 * none does the symptom speak: that they are not connected, or the error that Azure shows.
 */
export function diagnose(link: Looked): Problem[] {
  const causes = [
    ...ofInstance(link),
    ...ofWhatIsMissing(link),
    ...ofNames(link),
    ...ofRoles(link),
    ...endpointProblems(link),
    ...trustProblems(link),
    ...databaseProblems(link),
  ];
  const isExplained = causes.some(({ level }) => level === "error");
  const all = [...causes, ...(isExplained ? [] : symptoms(link)), ...expiryWarnings(link)];
  return all.map(withEntry).toSorted((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
}

const withEntry = (problem: Problem): Problem =>
  problem.entry === undefined && problem.code !== undefined ? { ...problem, entry: entryOf([problem.code]) } : problem;

function ofInstance({ instance, instanceLabel, connected }: Looked): Problem[] {
  const state = instance?.instance?.state ?? "Ready";
  if (!instance || /^(ready|updating)$/i.test(state) || connected === true) return [];
  return [
    {
      level: "error",
      what: `the managed instance ${instanceLabel} is in the state ${state}`,
      cause: "while it does not run, changes of the database do not arrive; SQL Server keeps its log until they do.",
      remedy: /^stop/i.test(state)
        ? `start it: az sql mi start ${azArguments(instance.id)}`
        : `see what goes on: az sql mi op list ${azArguments(instance.id)}`,
    },
  ];
}

/** Something that a link is made of was dropped, or deleted, on one side. */
function ofWhatIsMissing(link: Looked): Problem[] {
  const { name, server, serverName, distributed, local, ours, instance, instanceLabel, arm } = link;
  const again = "pulumi up of its program makes it again where it may; pulumi preview shows that first";
  if (distributed && instance?.links && !arm)
    return [
      {
        level: "error",
        what: `the managed instance ${instanceLabel} has no link ${name}, though ${serverName} has its groups`,
        code: "LinkDeleted",
        cause: "the link was deleted in Azure: somebody cut over to the managed instance, or removed it by mistake.",
        remedy: `see whether its database is in use there: az sql midb list ${azArguments(instance.id)}; after a cut-over take the link out of its program and run pulumi up, which removes what is left here and nothing uses. What uses it: ${lookAt.group(name)}`,
      },
    ];
  if (!server?.groups) return [];
  if (!distributed && !arm && !instance?.links) return [];
  if (!distributed && !arm)
    return [
      {
        level: "error",
        what: `there is no link ${name}, neither on ${serverName} nor on the managed instance ${instanceLabel}`,
        cause: "somebody removed both halves of it.",
        remedy: "pulumi refresh tells the stack; pulumi up makes the link again.",
      },
    ];
  if (!distributed)
    return [
      {
        level: "error",
        what: `${serverName} has no distributed availability group ${name}`,
        code: 41976,
        cause: "somebody dropped it on SQL Server, while Azure still has the link.",
        remedy: `${again}. What is there: SELECT name, is_distributed FROM sys.availability_groups`,
      },
    ];
  if (ours && !local)
    return [
      {
        level: "error",
        what: `${serverName} has no availability group ${ours.name}, on which the distributed one ${name} stands`,
        code: 41976,
        cause: "somebody dropped it on SQL Server.",
        remedy: `${again}.`,
      },
    ];
  return [];
}

/** Each side has the other one's group and address; what differs is found by nobody. */
function ofNames({ name, distributed, ours, arm, serverName, instance, instanceLabel, connected }: Looked): Problem[] {
  if (!distributed || !arm || !instance?.instance || connected === true) return [];
  const { fqdn, name: instanceName } = instance.instance;
  const {
    instanceAvailabilityGroupName: theirName = "",
    partnerAvailabilityGroupName = "",
    partnerEndpoint = "",
  } = arm.properties;
  const theirs = distributed.replicas.find((replica) => replica !== ours);
  const leadsTo = managedInstanceIn(theirs?.url ?? "");
  const isWrong = !sameHost(leadsTo?.fqdn ?? "", fqdn) || !sameName(leadsTo?.name ?? "", instanceName);
  const differs = [
    ...(sameName(theirs?.name ?? "", theirName) ? [] : [`its member ${theirs?.name} is ${theirName} in Azure`]),
    ...(sameName(ours?.name ?? "", partnerAvailabilityGroupName)
      ? []
      : [`its member ${ours?.name} is ${partnerAvailabilityGroupName} in Azure`]),
    ...(isWrong ? [`its member ${theirs?.name} leads to ${theirs?.url}, not to ${instanceLabel}`] : []),
    ...(sameUrl(ours?.url ?? "", partnerEndpoint)
      ? []
      : [`Azure looks for it at ${partnerEndpoint}, and not at ${ours?.url}`]),
  ];
  if (differs.length === 0) return [];
  const url = sql.string(managedInstanceUrl(fqdn, instanceName));
  return [
    {
      level: "error",
      what: `the distributed availability group ${name} of ${serverName} does not fit the link in Azure: ${differs.join("; ")}`,
      code: 41976,
      cause: "it was altered, or made anew under other names.",
      remedy: isWrong
        ? sql`ALTER AVAILABILITY GROUP ${sql.identifier(name)} MODIFY AVAILABILITY GROUP ON ${sql.string(theirs?.name ?? "")} WITH (LISTENER_URL = ${url})`
            .text
        : "pulumi up of its program puts right what can be changed, and says what has to be made anew; pulumi preview shows that first.",
    },
  ];
}

/** After a forced failover the two may not agree on which of them is written to. */
function ofRoles({ name, primary, serverName, instanceLabel }: Looked): Problem[] {
  const both = `${serverName} and ${instanceLabel}`;
  if (primary === "both")
    return [
      {
        level: "error",
        what: `both sides of the link ${name} are primary, ${both}: each may have changes that the other one lacks`,
        cause: "the link was failed over by force.",
        remedy: `decide whose data counts; on the other side stop all work, back the database up, and there: ${sql`ALTER AVAILABILITY GROUP ${sql.identifier(name)} SET (ROLE = SECONDARY)`.text}. What only that side has is in its backup alone then.`,
      },
    ];
  if (primary === "neither")
    return [
      {
        level: "error",
        what: `neither side of the link ${name} is primary, ${both}: nobody can write`,
        cause: "one side was failed over by force, and the other one does not know of it.",
        remedy: `on the side whose data counts, after a look at both: ${sql`ALTER AVAILABILITY GROUP ${sql.identifier(name)} FORCE_FAILOVER_ALLOW_DATA_LOSS`.text}. What only the other side has is lost.`,
      },
    ];
  return [];
}
