import { apiVersions } from "./api-versions";
import { subscriptionNotFound } from "./arm-error";
import type { Azure } from "./azure";
import { ok, type Reply } from "./exchange";
import type { ManagedInstance } from "./managed-instance";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly tenantId: string;
}

/** Answers the look-ups that clients make before they come to an instance; undefined for any other address. */
export function subscriptionReply({ method, path, tenantId }: Asked, { managedInstances }: Azure): Reply | undefined {
  const [first = "", id, kind, provider, ...more] = path.replace(/\/$/, "").split("/").slice(1);
  if (method !== "GET" || more.length > 0) return undefined;
  if (isAny(first, "tenants") && id === undefined) return ok({ value: [tenantBody(tenantId)] });
  if (!isAny(first, "subscriptions")) return undefined;
  if (id === undefined) {
    const ids = new Set(managedInstances.map(({ subscriptionId }) => subscriptionId));
    return ok({ value: [...ids].map((each) => subscriptionBody(each, tenantId)) });
  }
  const known = managedInstances.filter(({ subscriptionId }) => isAny(subscriptionId, id));
  const [one] = known;
  if (!one) throw subscriptionNotFound(id);
  if (kind === undefined) return ok(subscriptionBody(one.subscriptionId, tenantId));
  if (isAny(kind, "providers")) return providerReply(one, provider, known);
  if (provider !== undefined) return undefined;
  if (isAny(kind, "resourceGroups")) return ok({ value: byName(known, "resourceGroup").map(resourceGroupBody) });
  return isAny(kind, "locations") ? ok({ value: byName(known, "location").map(locationBody) }) : undefined;
}

export function resourceGroupBody({ subscriptionId, resourceGroup, location }: ManagedInstance): object {
  return {
    id: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`,
    name: resourceGroup,
    type: "Microsoft.Resources/resourceGroups",
    location,
    properties: { provisioningState: "Succeeded" },
  };
}

function providerReply(
  { subscriptionId }: ManagedInstance,
  name: string | undefined,
  known: readonly ManagedInstance[],
): Reply | undefined {
  const types = [
    "",
    "/databases",
    "/distributedAvailabilityGroups",
    "/endpointCertificates",
    "/serverTrustCertificates",
  ];
  const locations = byName(known, "location").map(({ location }) => location);
  const body = {
    id: `/subscriptions/${subscriptionId}/providers/Microsoft.Sql`,
    namespace: "Microsoft.Sql",
    resourceTypes: types.map((type) => ({
      resourceType: `managedInstances${type}`,
      locations,
      apiVersions: [...apiVersions].reverse(),
    })),
    registrationState: "Registered",
    registrationPolicy: "RegistrationRequired",
  };
  if (name === undefined) return ok({ value: [body] });
  return isAny(name, "Microsoft.Sql") ? ok(body) : undefined;
}

function subscriptionBody(id: string, tenantId: string): object {
  const name = { displayName: "mi-link lab", state: "Enabled" };
  return { id: `/subscriptions/${id}`, subscriptionId: id, tenantId, ...name, authorizationSource: "RoleBased" };
}

function tenantBody(id: string): object {
  return { id: `/tenants/${id}`, tenantId: id, displayName: "mi-link lab", tenantCategory: "Home" };
}

function locationBody({ subscriptionId, location }: ManagedInstance): object {
  return { id: `/subscriptions/${subscriptionId}/locations/${location}`, name: location, displayName: location };
}

/** Keeps the first instance of each name. */
function byName(instances: readonly ManagedInstance[], member: "resourceGroup" | "location"): ManagedInstance[] {
  return [...new Map(instances.map((instance) => [instance[member].toLowerCase(), instance])).values()];
}

function isAny(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
