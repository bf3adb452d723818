import { hostIn, managedInstanceIn } from "../../arguments/endpoint-url";
import { sameHost, withoutBrackets } from "../../arguments/host";
import { sameInAzure } from "../../arguments/managed-instance-id";
import { sameName } from "../../arguments/names";
import type { Group, Replica } from "../../sql-server/catalog/groups";
import type { ArmLink, InstanceSide } from "./instance-side";
import type { ServerSide } from "./server-side";

/** A link that somebody asks for by name, as a stack does. */
export interface WantedLink {
  readonly name: string;
  /** Address (host and port) of its SQL Server, as `ServerSide` has it. */
  readonly address?: string;
  readonly managedInstanceId?: string;
}

/** One link: what each side has of it. A side is undefined where it was not asked, or is not known. */
export interface Link {
  readonly name: string;
  readonly server?: ServerSide;
  /** The distributed availability group; undefined where the server has none of that name, or could not tell. */
  readonly distributed?: Group;
  /** Its member on SQL Server. */
  readonly ours?: Replica;
  readonly local?: Group;
  readonly instance?: InstanceSide;
  /** What the group on SQL Server calls the instance. */
  readonly instanceName?: string;
  readonly arm?: ArmLink;
}

/** All links of these servers and instances, each once; only the wanted ones where there are any. */
export function linksOf(
  servers: readonly ServerSide[],
  instances: readonly InstanceSide[],
  wanted?: readonly WantedLink[],
): Link[] {
  const onServers = servers.flatMap((server) =>
    (server.groups ?? []).flatMap((group) => halfOnServer(server, group, instances) ?? []),
  );
  const taken = new Set(onServers.map(({ arm }) => arm));
  const inAzure = instances.flatMap((instance) =>
    (instance.links ?? []).flatMap((arm): Link[] =>
      taken.has(arm) ? [] : [{ name: arm.name, server: serverOf(arm, servers), instance, arm }],
    ),
  );
  const all = [...onServers, ...inAzure];
  if (!wanted) return sorted(all);
  const fits = (link: Link) => (one: WantedLink) =>
    sameName(link.name, one.name) &&
    (one.address === undefined || !link.server || link.server.address === one.address) &&
    (one.managedInstanceId === undefined || !link.instance || sameInAzure(link.instance.id, one.managedInstanceId));
  const found = wanted.flatMap((one): Link[] => {
    const links = all.filter((link) => fits(link)(one));
    if (links.length > 0) return links.map((link) => ({ ...link, server: link.server ?? at(servers, one) }));
    const instance = instances.find(({ id }) => sameInAzure(id, one.managedInstanceId ?? ""));
    return [{ name: one.name, server: at(servers, one), instance }];
  });
  return sorted([...new Set(found)]);
}

const at = (servers: readonly ServerSide[], { address }: WantedLink) =>
  servers.find((server) => server.address === address);

const sorted = (links: readonly Link[]): Link[] =>
  links.toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));

function halfOnServer(server: ServerSide, group: Group, instances: readonly InstanceSide[]): Link | undefined {
  if (!group.isDistributed) return undefined;
  const locals = server.groups?.filter(({ isDistributed }) => !isDistributed) ?? [];
  const isOurs = ({ name }: Replica) =>
    locals.some((local) => sameName(local.name, name)) ||
    server.replicas?.some(
      (state) => state.isLocal && sameName(state.groupName, group.name) && sameName(state.replicaName, name),
    ) === true;
  const theirs = group.replicas.find((replica) => !isOurs(replica) && managedInstanceIn(replica.url ?? ""));
  const shown = managedInstanceIn(theirs?.url ?? "");
  const instance = instances.find((one) => one.instance && sameHost(one.instance.fqdn, shown?.fqdn ?? ""));
  const ofItsName = (one: InstanceSide | undefined) => one?.links?.find(({ name }) => sameName(name, group.name));
  // Without ;Server=[...] in its URL the group is that of no link, unless Azure has a link of its name to this server.
  const arm = shown
    ? ofItsName(instance)
    : instances.flatMap((one) => ofItsName(one) ?? []).find((link) => serverOf(link, [server]));
  if (!shown && !arm) return undefined;
  const ours = group.replicas.find(isOurs) ?? group.replicas.find((replica) => replica !== theirs);
  return {
    name: group.name,
    server,
    distributed: group,
    ours,
    local: ours && locals.find(({ name }) => sameName(name, ours.name)),
    instance: instance ?? instances.find((one) => arm !== undefined && one.links?.includes(arm)),
    instanceName: shown?.name ?? shown?.fqdn,
    arm,
  };
}

/** The server that a link in Azure leads to, by an address under which it is known. */
function serverOf({ properties }: ArmLink, servers: readonly ServerSide[]): ServerSide | undefined {
  const host = hostIn(properties.partnerEndpoint ?? "");
  return servers.find(({ settings, groups = [], server }) =>
    [
      withoutBrackets(settings.host),
      server?.instance.name ?? "",
      ...groups.flatMap(({ replicas }) => replicas.map(({ url }) => hostIn(url ?? ""))),
    ].some((known) => sameHost(known, host)),
  );
}
