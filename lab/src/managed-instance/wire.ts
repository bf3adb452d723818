import type { Network, PartnerDatabase, PartnerState, ReplicaPosition } from "../network";
import { hadrPort, nodeOf } from "../sql-server/catalog/fabric";
import type { AvailabilityGroup, Instance, Replica } from "../sql-server/model";
import { nameKey } from "../sql-server/names";
import { formatMessage } from "../tsql/messages";
import { sameName } from "../tsql/values/collation";
import type { Azure } from "./azure";
import { isHeldByLink } from "./creating-link";
import { answers, instanceAt, parseEndpointAddress } from "./endpoint-address";
import { type DatabaseState, type LinkState, linkState } from "./link-state";
import type { Link, ManagedInstance } from "./managed-instance";
import { changeRole } from "./role-changes";
import { seedingAt } from "./seeding";

/** The network as an instance's dynamic views see it: every link seen from both of its ends. */
export function createNetwork(azure: Azure): Network {
  const errorTimes = new WeakMap<AvailabilityGroup, { readonly number: number; readonly at: Date }>();

  /** The time at which an error was first seen; it stays for as long as the error does. */
  function timeOf(group: AvailabilityGroup, number: number): Date {
    const known = errorTimes.get(group);
    if (known?.number === number) return known.at;
    const at = azure.clock.now();
    errorTimes.set(group, { number, at });
    return at;
  }

  return {
    issuingAuthority: azure.issuingAuthority,
    partnerState(instance, group) {
      const end = endOf(instance, group, azure);
      const state = end && linkState(end.link, end.managedInstance, azure);
      if (end && state?.isConnected) return connected(instance, end.link, state);
      const { number, description } = connectError(instance, group, state, azure);
      return {
        connected: false,
        isFailingOver: end?.link.isFailingOver,
        lastConnectError: { number, description, at: timeOf(group, number) },
        synchronizationHealth: "NOT_HEALTHY",
        databases: lostDatabases(instance, state),
      };
    },
    async connect(from, host, port) {
      const all = [...azure.managedInstances.map(({ engine }) => engine), ...azure.sqlServers];
      const name = host.toLowerCase();
      const to = instanceAt({ host: name, port }, all) ?? all.find((each) => nodeOf(each).toLowerCase() === name);
      if (!to) return { isOpen: false };
      const { address, isRunning } = to;
      if (!isRunning || azure.cuts.isBlocked(from.name, to.name, port)) return { address, isOpen: false };
      // Nothing listens there in the lab, whose links are not redirected.
      const isRedirect = to.kind === "managedInstance" && port === hadrPort;
      return { address, isOpen: isRedirect || (await answers(address, port)) };
    },
    async changeRole(instance, group, change) {
      await changeRole(instance, group, change, endOf(instance, group, azure), azure);
    },
    isHeldByLink(instance) {
      const own = managedInstanceOf(instance, azure);
      return own !== undefined && isHeldByLink(own, azure);
    },
    isTrusted(instance, der) {
      const own = managedInstanceOf(instance, azure);
      return [...(own?.trustCertificates.values() ?? [])].some((trusted) => trusted.der.equals(der));
    },
    seeding(instance, database) {
      for (const { engine, links } of azure.managedInstances)
        for (const link of links.values()) {
          const linked = link.databases.find(({ name }) => sameName(name, database.name));
          if (linked && (engine === instance || isPartner(instance, link, azure)))
            return linked.seeding && seedingAt(linked.seeding, azure.clock.now());
        }
      return undefined;
    },
  };
}

interface End {
  readonly link: Link;
  readonly managedInstance: ManagedInstance;
}

function endOf(instance: Instance, group: AvailabilityGroup, azure: Azure): End | undefined {
  return instance.kind === "managedInstance" ? ownLink(instance, group, azure) : partnersLink(instance, group, azure);
}

function managedInstanceOf(instance: Instance, { managedInstances }: Azure): ManagedInstance | undefined {
  return managedInstances.find(({ engine }) => engine === instance);
}

function ownLink(instance: Instance, group: AvailabilityGroup, azure: Azure): End | undefined {
  const managedInstance = managedInstanceOf(instance, azure);
  const link = managedInstance?.links.get(nameKey(group.name));
  return managedInstance && link && { link, managedInstance };
}

function partnersLink(instance: Instance, group: AvailabilityGroup, azure: Azure): End | undefined {
  const hosts = group.replicas.map(({ url }) => parseEndpointAddress(url)?.host);
  for (const managedInstance of azure.managedInstances.filter(({ engine }) =>
    hosts.includes(engine.fqdn.toLowerCase()),
  )) {
    const link = managedInstance.links.get(nameKey(group.name));
    if (link && isPartner(instance, link, azure)) return { link, managedInstance };
  }
  return undefined;
}

function isPartner(instance: Instance, { partnerEndpoint }: Link, { sqlServers }: Azure): boolean {
  const address = parseEndpointAddress(partnerEndpoint);
  return address !== undefined && instanceAt(address, sqlServers) === instance;
}

function connected(instance: Instance, link: Link, state: LinkState): PartnerState {
  return {
    connected: true,
    isFailingOver: link.isFailingOver,
    remoteRole: (instance.kind === "managedInstance") === (link.role === "Primary") ? "SECONDARY" : "PRIMARY",
    synchronizationHealth: state.isHealthy ? "HEALTHY" : "NOT_HEALTHY",
    databases: state.databases.map((each) =>
      partnerDatabase(instance, each, each.isHealthy ? synchronized[link.replicationMode] : "NOT SYNCHRONIZING"),
    ),
  };
}

const synchronized = { Sync: "SYNCHRONIZED", Async: "SYNCHRONIZING" } as const;

function partnerDatabase(
  instance: Instance,
  { database, copy, seeding, ...state }: DatabaseState,
  synchronizationState: PartnerDatabase["synchronizationState"],
): PartnerDatabase {
  const position = state.position();
  const { source, target } = database.replication ?? {};
  const other = [source, target].find((end) => end && instance.databases.get(nameKey(end.name)) !== end);
  return {
    name: copy?.name ?? database.name,
    isSuspended: other?.isSuspended,
    synchronizationState,
    lastHardenedLsn: position?.hardenedLsn ?? copy?.endOfLogLsn ?? 0n,
    secondaryLagSeconds: lagOf(position),
    seeding,
    position,
  };
}

/** The age of the first transaction that the secondary does not show yet. */
function lagOf(position: ReplicaPosition | undefined): number {
  return Math.max(position?.sendLagSeconds ?? 0, position?.redoLagSeconds ?? 0);
}

function lostDatabases(instance: Instance, state: LinkState | undefined): PartnerState["databases"] {
  return (state?.databases ?? [])
    .filter(({ copy }) => copy !== undefined)
    .map((each) => partnerDatabase(instance, each, "NOT SYNCHRONIZING"));
}

function connectError(
  instance: Instance,
  group: AvailabilityGroup,
  state: LinkState | undefined,
  azure: Azure,
): { readonly number: number; readonly description: string } {
  const disagreement = state && "disagreement" in state.agreement ? state.agreement.disagreement : undefined;
  if (instance.kind === "managedInstance" && disagreement)
    return { number: disagreement.number, description: disagreement.text };
  if (disagreement?.onSqlServer) return disagreement.onSqlServer;
  const replica: Replica | undefined = group.replicas.at(-1);
  const host = replica && parseEndpointAddress(replica.url)?.host;
  if (host !== undefined && !isKnown(host, azure))
    return {
      number: 1474,
      description: `Database mirroring connection error 2 'DNS lookup failed with error: '11001(No such host is known.)'.' for '${replica?.url}'.`,
    };
  return {
    number: 35201,
    description: formatMessage(35201, replica?.name ?? "", (replica?.id ?? "").toUpperCase()).text,
  };
}

function isKnown(host: string, { managedInstances, sqlServers }: Azure): boolean {
  return [...managedInstances.map(({ engine }) => engine), ...sqlServers].some(({ fqdn, address, name }) =>
    [fqdn, address, name].some((known) => known?.toLowerCase() === host),
  );
}
