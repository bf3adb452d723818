import { shapeOf } from "./api-versions";
import {
  ArmError,
  instanceNotFound,
  operationNotFound,
  resourceGroupNotFound,
  subscriptionNotFound,
} from "./arm-error";
import type { Azure } from "./azure";
import { azureTime } from "./azure-time";
import * as certificates from "./certificate-resources";
import { type Call, ok, operationBody, type Reply } from "./exchange";
import * as operations from "./instance-operations";
import * as instances from "./instance-resource";
import { deleteInstance, refuseUnlessReady, startInstance, stopInstance } from "./instance-state";
import { updateInstance } from "./instance-update";
import * as actions from "./link-actions";
import * as links from "./link-resource";
import type { Operation, OperationFailure } from "./operations";
import { resourceGroupBody, subscriptionReply } from "./subscription-resources";

export interface ArmRequest {
  readonly method: string;
  readonly path: string;
  readonly version: string | null;
  readonly body: unknown;
  readonly failOperation?: OperationFailure;
  /** The caller's tenant. */
  readonly tenantId: string;
}

type Route = (call: Call) => Reply;

/** The children of an instance: how they are listed, and what each method does to one of them. */
const children: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  databases: {
    LIST: instances.listDatabases,
    GET: instances.getDatabase,
    PUT: instances.createDatabase,
    DELETE: instances.deleteDatabase,
  },
  operations: {
    LIST: operations.listOperations,
    GET: operations.getOperation,
    "POST cancel": operations.cancelOperation,
  },
  endpointCertificates: { LIST: certificates.listEndpointCertificates, GET: certificates.getEndpointCertificate },
  serverTrustCertificates: {
    LIST: certificates.listTrustCertificates,
    GET: certificates.getTrustCertificate,
    PUT: certificates.putTrustCertificate,
    DELETE: certificates.deleteTrustCertificate,
  },
  distributedAvailabilityGroups: {
    LIST: links.listLinks,
    GET: links.getLink,
    PUT: links.putLink,
    PATCH: links.patchLink,
    DELETE: links.deleteLink,
    "POST failover": actions.failOver,
    "POST setRole": actions.setRole,
  },
};

/** The methods on an instance. PUT changes it as PATCH does, because it is always there already. */
const instanceChanges: Readonly<Record<string, Route>> = {
  PUT: updateInstance,
  PATCH: updateInstance,
  DELETE: deleteInstance,
};

const form = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?(?:\/providers\/Microsoft\.Sql(\/.*)?)?$/i;

/** Answers a request to Azure Resource Manager by its address and method. */
export function route(request: ArmRequest, azure: Azure): Reply {
  const found = subscriptionReply(request, azure);
  if (found) return found;
  const [, subscription, group, rest] = form.exec(request.path.replace(/\/$/, "")) ?? [];
  if (!subscription) throw noSuchAddress(request.path);
  const inSubscription = azure.managedInstances.filter((instance) => same(instance.subscriptionId, subscription));
  if (inSubscription.length === 0) throw subscriptionNotFound(subscription);
  const inGroup = group ? inSubscription.filter((instance) => same(instance.resourceGroup, group)) : inSubscription;
  const [first] = inGroup;
  if (!first) throw resourceGroupNotFound(group ?? "");

  if (rest === undefined) {
    if (group) return ok(resourceGroupBody(first));
    throw noSuchAddress(request.path);
  }
  const segments = rest.split("/").slice(1).map(decoded);
  // Instances are in no failover group here.
  if (request.method === "GET" && same(segments[2], "instanceFailoverGroups")) return ok({ value: [] });
  if (same(segments[0], "locations")) return operation(segments[2] ?? "", segments[3] ?? "", request, azure);
  if (!same(segments[0], "managedInstances")) throw noSuchAddress(request.path);
  return instanceRoute(segments.slice(1), { ...request, azure, group: group ?? "", inGroup });
}

interface InGroup extends ArmRequest {
  readonly azure: Azure;
  readonly group: string;
  readonly inGroup: Azure["managedInstances"];
}

function instanceRoute(
  [name, type, child, action]: readonly string[],
  { azure, group, inGroup, method, path, version, body, failOperation }: InGroup,
): Reply {
  // Nobody is refused for want of a role: every caller has the role Owner.
  if (method === "GET" && same(type, "providers") && same(action, "permissions"))
    return ok({ value: [{ actions: ["*"], notActions: [], dataActions: [], notDataActions: [] }] });
  const shape = shapeOf(version, ["managedInstances", type].filter(Boolean).join("/"));
  if (name === undefined) {
    const present = inGroup.filter(({ state }) => state !== "Deleted");
    return ok({ value: present.map((instance) => instances.instanceResource(instance, shape)) });
  }
  const instance = inGroup.find(({ engine, state }) => same(engine.name, name) && state !== "Deleted");
  if (!instance) throw instanceNotFound(name, group);
  const own = { azure, instance, name: child ?? "", body, shape, version: version ?? "", failOperation };
  if (method === "PUT" || method === "PATCH") refuseTooManyChanges(azure);
  if (type === undefined) {
    if (method === "GET") return ok(instances.instanceResource(instance, shape));
    const change = instanceChanges[method];
    if (!change) throw notAllowed(method);
    return change(own);
  }
  if (method === "POST" && same(type, "start")) return startInstance(own);
  if (method === "POST" && same(type, "stop")) return stopInstance(own);
  return childRoute(own, type, method, path, action);
}

function childRoute(call: Call, type: string, method: string, path: string, action: string | undefined): Reply {
  const [kind, routes] = Object.entries(children).find(([known]) => same(known, type)) ?? [];
  if (!kind || !routes) throw noSuchAddress(path);
  const one = action ? `${method} ${action}` : method;
  const verb = call.name ? one : method === "GET" ? "LIST" : method;
  const handler = Object.entries(routes).find(([known]) => same(known, verb))?.[1];
  if (!handler || (!call.name && verb !== "LIST")) throw notAllowed(method);
  if (kind !== "operations" && (method !== "GET" || kind === "endpointCertificates")) refuseUnlessReady(call.instance);
  return handler(call);
}

/** Answers at the two addresses of a long-running operation: its status, and the resource that it made. */
function operation(kind: string, id: string, { method }: ArmRequest, { operations }: Azure): Reply {
  const found = operations.find(id);
  if (method !== "GET" || !found) throw operationNotFound(id);
  if (kind.endsWith("AzureAsyncOperation")) return ok(status(found));
  if (found.status === "InProgress") return { status: 202, body: operationBody(found) };
  if (found.failure) throw new ArmError(400, found.failure.code, found.failure.message);
  const result = found.result?.();
  return result ? ok(result) : { status: 204 };
}

function status({ id, status, started, failure }: Operation): object {
  return { name: id, status, startTime: azureTime(started), ...(failure ? { error: failure } : {}) };
}

/** "Requests beyond max requests that can be processed": so many operations may run at once. */
function refuseTooManyChanges({ operations, options }: Azure): void {
  if (operations.running() >= (options.concurrentOperations ?? Number.POSITIVE_INFINITY))
    throw new ArmError(
      429,
      "SubscriptionTooManyCreateUpdateRequests",
      "Requests beyond max requests that can be processed by available resources.",
      { headers: { "retry-after": String(options.retryAfterSeconds ?? 15) } },
    );
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ArmError(400, "InvalidResourceIdSegment", `The '${segment}' segment in the url is invalid.`);
  }
}

function same(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

function noSuchAddress(path: string): ArmError {
  return new ArmError(404, "InvalidResourceType", `The lab has no resource at '${path}'.`);
}

function notAllowed(method: string): ArmError {
  return new ArmError(405, "MethodNotAllowed", `The request method '${method}' is not allowed on this resource.`);
}
