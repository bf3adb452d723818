import { azArguments, linkArguments } from "../../arguments/managed-instance-id";
import { sql } from "../../sql-server/tsql";
import { databaseProblems } from "./database-problems";
import type { Looked } from "./looked-link";
import type { Problem } from "./status-data";
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
    ...ofRoles(link),
    ...endpointProblems(link),
    ...trustProblems(link),
    ...databaseProblems(link),
  ];
  const isExplained = causes.some(({ level }) => level === "error");
  return [...causes, ...(isExplained ? [] : symptoms(link)), ...expiryWarnings(link)];
}

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
        remedy: `see whether its database is in use there: az sql midb list ${azArguments(instance.id)}; after a cut-over remove what is left here: ${sql`DROP AVAILABILITY GROUP ${sql.identifier(name)}`.text}`,
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

/** After a forced failover both sides take changes, and each has some that the other one lacks. */
function ofRoles({ name, primary, serverName, instanceLabel, instance }: Looked): Problem[] {
  if (primary !== "both") return [];
  return [
    {
      level: "error",
      what: `both sides of the link ${name} are primary, ${serverName} and ${instanceLabel}: each has changes that the other one lacks`,
      cause: "the link was failed over by force.",
      remedy: `decide whose data counts, stop the work on the other side, and make that one the secondary: on SQL Server ${sql`ALTER AVAILABILITY GROUP ${sql.identifier(name)} SET (ROLE = SECONDARY)`.text}${instance ? `; or in Azure: az sql mi link failover ${linkArguments(instance.id)} -n ${JSON.stringify(name)} --failover-type ForcedAllowDataLoss` : ""}. What only the other side has is lost then: copy it before.`,
    },
  ];
}
