import { childCollection, parseInstanceId } from "../arguments/managed-instance-id";
import type { ArmResource, AzureAccess } from "../azure/client";
import type { LinkProperties } from "../azure/link-properties";
import type { InstanceBody } from "../azure/managed-instance";
import { type Known, known } from "./told";

/** What Azure shows of a managed instance and of what is on it, as far as a link depends on it. */
export interface AzureFacts {
  /** The resource id that was asked for. */
  readonly id: string;
  /** Short name, as the id has it. */
  readonly name: string;
  /** undefined: Azure knows no such instance. */
  readonly instance: Known<InstanceBody | undefined>;
  readonly databases: Known<readonly Named[]>;
  readonly links: Known<readonly ArmResource<LinkProperties>[]>;
  /** Certificates of SQL Servers that were uploaded. */
  readonly uploaded: Known<readonly ArmResource<{ readonly publicBlob: string }>[]>;
  /** What the instance presents to SQL Server: DER in hexadecimal. */
  readonly endpointCertificate: Known<string>;
  /** What the principal that is signed in may do on the instance, by its roles. */
  readonly permissions: Known<readonly Permission[]>;
  readonly failoverGroups: Known<readonly FailoverGroup[]>;
  /** Milliseconds by which Azure's clock is ahead of this machine's; answers have whole seconds. */
  readonly ahead: Known<number>;
}

interface Named {
  readonly name: string;
}

/** Microsoft.Authorization/permissions: a role of the caller. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

/** Microsoft.Sql/locations/instanceFailoverGroups. */
type FailoverGroup = ArmResource<{
  readonly managedInstancePairs?: readonly {
    readonly primaryManagedInstanceId?: string;
    readonly partnerManagedInstanceId?: string;
  }[];
}>;

/** All at the same time, but the failover groups, whose address has the location of the instance. */
export async function azureFacts(azure: AzureAccess, id: string): Promise<AzureFacts> {
  const { name } = parseInstanceId(id);
  const listed = <Item>(what: string, path: string) =>
    known(async () => (await azure.list(`list the ${what} of the managed instance ${name}`, path)) as readonly Item[]);
  const children = <Item>(what: string, type: Parameters<typeof childCollection>[1]) =>
    listed<Item>(what, childCollection(id, type));
  const looking = known(async () => await look(azure, id, name));
  const ahead = looking.then(
    (found): Known<number> => ("why" in found ? found : { value: azure.now().getTime() - Date.now() }),
  );
  const groups = looking.then(async (found): Promise<AzureFacts["failoverGroups"]> => {
    if ("why" in found) return found;
    if (!found.value) return { value: [] };
    return await listed("failover groups", failoverGroupsOf(id, found.value.location));
  });
  const [instance, databases, links, uploaded, endpointCertificate, permissions, failoverGroups] = await Promise.all([
    looking,
    children<Named>("databases", "databases"),
    children<ArmResource<LinkProperties>>("links", "distributedAvailabilityGroups"),
    children<ArmResource<{ publicBlob: string }>>("certificates of SQL Servers", "serverTrustCertificates"),
    known(() => azure.endpointCertificate(id)),
    listed<Permission>("permissions", `${id}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`),
    groups,
  ]);
  return {
    id,
    name,
    instance,
    databases,
    links,
    uploaded,
    endpointCertificate,
    permissions,
    failoverGroups,
    ahead: await ahead,
  };
}

/** Takes the last of three looks: an instance that was made a moment ago may not be shown yet. */
const look = async (azure: AzureAccess, id: string, name: string): Promise<InstanceBody | undefined> =>
  (await azure.threeTimes(
    `look at the managed instance ${name}`,
    () => azure.find(`look at the managed instance ${name}`, id),
    (found) => found !== undefined,
  )) as InstanceBody | undefined;

function failoverGroupsOf(id: string, location: string): string {
  const { subscriptionId, resourceGroup } = parseInstanceId(id);
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Sql/locations/${location}/instanceFailoverGroups`;
}
