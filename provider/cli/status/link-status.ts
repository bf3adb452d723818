import { sameName } from "../../arguments/names";
import type { SqlServer } from "../../arguments/sql-server-settings";
import type { AzureAccess } from "../../azure/client";
import type { LinkDatabase } from "../../resources/instance-link/link";
import { inWords, isBeingMade, linkedDatabase } from "../../resources/instance-link/link-state";
import { percentOf } from "../../resources/instance-link/progress";
import type { Sql } from "../../sql-server/connection";
import { linksOf, type WantedLink } from "./both-sides";
import { shownCertificate } from "./certificate-status";
import { diagnose } from "./diagnosis";
import { type InstanceSide, readInstance } from "./instance-side";
import { type Looked, looked } from "./looked-link";
import { readServer, type ServerSide } from "./server-side";
import type {
  DatabaseStatus,
  Health,
  LinkStatus,
  ManagedInstanceStatus,
  Problem,
  SeedingStatus,
  SqlServerStatus,
  Status,
} from "./status-data";

/** What to look at. */
export interface Sources {
  readonly sqlServers: readonly SqlServer[];
  /** Canonical resource ids. */
  readonly managedInstances: readonly string[];
  /** Only these links; all of the servers' and instances' where it is left out. */
  readonly links?: readonly WantedLink[];
  /** What of the sources themselves could not be read. */
  readonly problems?: readonly Problem[];
}

export interface Access {
  readonly azure: AzureAccess;
  open(settings: SqlServer): Promise<Sql>;
}

/** Looks at each server and each instance once, side by side, and at all links in what they said. Changes nothing. */
export async function statusOf(sources: Sources, { azure, open }: Access): Promise<Status> {
  const at = new Date().toISOString();
  const [servers, instances] = await Promise.all([
    Promise.all(sources.sqlServers.map((settings) => readServer(settings, open))),
    Promise.all(sources.managedInstances.map((id) => readInstance(id, azure))),
  ]);
  return {
    at,
    links: linksOf(servers, instances, sources.links).map((link) => statusOfLink(looked(link))),
    sqlServers: servers.map(statusOfServer),
    managedInstances: instances.map(statusOfInstance),
    problems: sources.problems ?? [],
  };
}

function statusOfLink(link: Looked): LinkStatus {
  const { name, server, ours, instance, instanceName, arm, connected, primary } = link;
  const problems = diagnose(link);
  const databases = databasesOf(link);
  const health = healthOf(link, problems, databases);
  return {
    name,
    health,
    state: stateOf(link, health, databases, problems),
    sqlServer: server && (server.server?.instance.name ?? server.address),
    partnerEndpoint: arm?.properties.partnerEndpoint ?? ours?.url ?? undefined,
    managedInstance: instance?.name ?? instanceName,
    primary,
    connected,
    mode: arm?.properties.replicationMode ?? modes[ours?.availabilityMode ?? ""],
    databases,
    problems,
  };
}

const modes: Readonly<Record<string, "Async" | "Sync">> = { ASYNCHRONOUS_COMMIT: "Async", SYNCHRONOUS_COMMIT: "Sync" };

function healthOf(
  { connected, arm }: Looked,
  problems: readonly Problem[],
  databases: readonly DatabaseStatus[],
): Health {
  if (problems.some(({ level }) => level === "error")) return "Broken";
  if (databases.some(({ seeding }) => seeding) || (arm && isBeingMade(arm))) return "Copying";
  if (connected === undefined) return "Unknown";
  if (!connected) return "Broken";
  return problems.length > 0 ? "Warning" : "Healthy";
}

function stateOf(
  { connected, arm, own }: Looked,
  health: Health,
  databases: readonly DatabaseStatus[],
  problems: readonly Problem[],
): string {
  const seeding = databases.find((database) => database.seeding)?.seeding;
  const linked = arm && linkedDatabase(arm);
  if (health === "Copying")
    return seeding ? `${Math.floor(seeding.percent)} % copied` : linked ? shortly(linked) : "being made";
  if (problems.some(({ code }) => code === "LinkDeleted")) return "deleted in Azure";
  if (databases.some(({ suspended }) => suspended)) return "suspended";
  if (connected === false) return "not connected";
  if (health === "Broken")
    return linked && !/^(linksynchronizing|connected)$/i.test(linked.replicaState ?? "")
      ? shortly(linked)
      : "does not replicate";
  if (health === "Unknown") return "not known";
  return linked ? shortly(linked) : own ? "replicates" : "not known";
}

/** In a column of states: "replicates", "copying to the managed instance" ... */
const shortly = (linked: LinkDatabase): string => inWords(linked).replace(/^the link /, "");

/** A database as SQL Server sees it, with what only Azure tells of it. */
function databasesOf({ server, local, copies, arm, primary, connected }: Looked): DatabaseStatus[] {
  const inAzure = arm?.properties.databases ?? [];
  const names = [
    ...(server?.databases?.flatMap(({ groupName, databaseName }) =>
      local && sameName(groupName, local.name) ? [databaseName] : [],
    ) ?? []),
    ...inAzure.map(({ databaseName }) => databaseName),
  ];
  const unique = names.filter((name, i) => names.findIndex((other) => sameName(other, name)) === i);
  return unique.map((name) => {
    const linked = inAzure.find(({ databaseName }) => sameName(databaseName, name));
    const own = copies.filter(({ databaseName }) => databaseName !== null && sameName(databaseName, name));
    // The secondary's copy tells how far it is behind: the remote one, or the one here where this side is the secondary.
    const copy = own.find(({ isLocal }) => isLocal === (primary === "managed instance")) ?? own[0];
    const sent = linked?.instanceSendReplicationLagSeconds;
    const redone = linked?.instanceRedoReplicationLagSeconds;
    const seeding = seedingOf(server, name, linked?.seedingProgress);
    const lagInAzure = sent === undefined && redone === undefined ? undefined : (sent ?? 0) + (redone ?? 0);
    const lagSeconds = copy?.lagSeconds ?? lagInAzure;
    const sendQueueKilobytes = copy?.sendQueueKilobytes ?? undefined;
    const redoQueueKilobytes = copy?.redoQueueKilobytes ?? undefined;
    return {
      name,
      synchronization: copy?.state ?? undefined,
      replicaState: linked?.replicaState,
      suspended: own.length === 0 ? undefined : own.some(({ isSuspended }) => isSuspended),
      seeding,
      // What a side last knew of a link that is not connected says nothing, and neither does it of a copy that is not whole.
      ...(connected === false || seeding ? {} : { lagSeconds, sendQueueKilobytes, redoQueueKilobytes }),
      lastCommitAt: copy?.lastCommitAt?.toISOString(),
    };
  });
}

function seedingOf(
  server: ServerSide | undefined,
  name: string,
  progress: string | undefined,
): SeedingStatus | undefined {
  const running = server?.seedings?.running.find(({ databaseName }) => sameName(databaseName, name));
  if (running) {
    const { transferredBytes, totalBytes, bytesPerSecond, secondsLeft, attempt } = running;
    const percent = Math.min(100, (100 * transferredBytes) / totalBytes);
    return { percent, transferredBytes, totalBytes, bytesPerSecond, secondsLeft, attempt };
  }
  const percent = percentOf(progress);
  return percent === undefined ? undefined : { percent };
}

function statusOfServer(side: ServerSide): SqlServerStatus {
  const { address, server, endpoint, isListening, problems } = side;
  return {
    address,
    name: server?.instance.name,
    version: server && `${server.instance.version.name}, ${server.instance.productVersion}`,
    endpoint: endpoint
      ? { name: endpoint.name, port: endpoint.port, state: endpoint.state ?? undefined, listening: isListening }
      : undefined,
    certificate: shownCertificate(side, endpoint?.certificateName ?? undefined),
    problems,
  };
}

const statusOfInstance = ({ id, name, instance, certificate, problems }: InstanceSide): ManagedInstanceStatus => ({
  id,
  name,
  fqdn: instance?.fqdn,
  state: instance?.state,
  certificate,
  problems,
});
