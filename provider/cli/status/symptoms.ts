import { linkArguments } from "../../arguments/managed-instance-id";
import type { Advice } from "../../errors/advice";
import { adviceFor } from "../../errors/catalogue";
import { isBeingMade, isBroken, linkedDatabase } from "../../resources/instance-link/link-state";
import type { Looked } from "./looked-link";
import type { Problem } from "./status-data";

/** What shows where no cause was found. */
export function symptoms(link: Looked): Problem[] {
  const { arm, connected } = link;
  const isMade = !(arm && isBeingMade(arm));
  if (connected === false && isMade) return [notConnected(link)];
  if (arm && isBroken(arm)) return [brokenInAzure(link)];
  return connected === true && isMade ? notHealthy(link) : [];
}

/** The number of the error that Azure shows of the link. */
function errorInAzure({ arm }: Looked): number | undefined {
  return Number(arm && linkedDatabase(arm)?.mostRecentLinkError) || undefined;
}

function notConnected(link: Looked): Problem {
  const { partner, serverName, instanceLabel } = link;
  const number = errorInAzure(link);
  const error = partner?.errorNumber ?? undefined;
  return {
    level: "error",
    what: `${serverName} and the managed instance ${instanceLabel} are not connected`,
    code: error ?? number,
    said: [
      ...(error === undefined ? [] : [`SQL Server error ${error}: ${oneLine(partner?.errorText ?? "")}`]),
      ...(number === undefined ? [] : [`Error of the link in Azure: ${number}`]),
    ],
    ...whyNotConnected(link, error, number),
  };
}

function brokenInAzure(link: Looked): Problem {
  const { arm, name, instanceLabel } = link;
  const number = errorInAzure(link);
  return {
    level: "error",
    what: `the link ${name} is in the state ${arm && linkedDatabase(arm)?.replicaState} on the managed instance ${instanceLabel}`,
    code: number,
    ...(adviceFor(number === undefined ? [] : [number]) ?? {
      cause: "the managed instance and SQL Server do not agree.",
      remedy: "https://aka.ms/mi-link-troubleshooting",
    }),
  };
}

function notHealthy({ arm, partner, name, instance }: Looked): Problem[] {
  const states = [partner?.health, arm && linkedDatabase(arm)?.synchronizationHealth];
  const health = states.find((state) => /NOT_HEALTHY/.test(state ?? ""));
  if (!health) return [];
  return [
    {
      level: "error",
      what: `the link ${name} is connected, and its database does not synchronize (${health})`,
      cause: "the copy on the managed instance is behind, or its data movement has stopped there.",
      remedy: `look at both sides: SELECT DB_NAME(database_id), synchronization_state_desc, is_suspended FROM sys.dm_hadr_database_replica_states${instance ? `; az sql mi link show ${linkArguments(instance.id)} -n ${JSON.stringify(name)}` : ""}`,
    },
  ];
}

function whyNotConnected(
  { server, serverName, instance, instanceLabel, arm }: Looked,
  error: number | undefined,
  number: number | undefined,
): Advice {
  if (server && !server.server)
    return {
      cause: `the SQL Server at ${server.address} does not answer from here either: it is down, or out of reach.`,
      remedy: "start it, or mend the network; a link connects again by itself.",
    };
  // Everything else that could be wrong was looked at on both sides, so what is left is between them.
  const isAllSeen = server?.certificates && server.endpoint && server.groups && instance?.trusted && arm;
  if (isAllSeen && (error === undefined || error !== 1474)) {
    const fqdn = instance.instance?.fqdn ?? instanceLabel;
    const port = server.endpoint?.port ?? 5022;
    return {
      cause:
        "the network between the two is cut: groups, endpoint and certificates are in order on both sides. A firewall, a security rule, a route or a name was changed.",
      remedy: `on ${serverName}: Test-NetConnection ${fqdn} -Port 5022; let TCP 5022 and 11000-11999 through to the instance's subnet, and TCP ${port} from there to ${serverName}.`,
    };
  }
  return (
    adviceFor(inOrder(error, number)) ?? {
      cause: "SQL Server or the managed instance is down, or something on the way between them is closed.",
      remedy: "https://aka.ms/mi-link-troubleshooting",
    }
  );
}

/** Azure's number says more than "the handshake failed" where it is about a certificate; elsewhere SQL Server's does. */
const inOrder = (error: number | undefined, number: number | undefined): number[] =>
  (number === 41973 || number === 41974 ? [number, error] : [error, number]).flatMap((code) => code ?? []);

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();
