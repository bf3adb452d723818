import type { Shape } from "./api-versions";
import { ArmError } from "./arm-error";
import type { Azure } from "./azure";
import { azureTime } from "./azure-time";
import type { ManagedInstance } from "./managed-instance";
import type { Operation, OperationFailure, Work } from "./operations";

/** A request as a route gets it. */
export interface Call {
  readonly azure: Azure;
  readonly instance: ManagedInstance;
  /** The name of the child resource; empty for a list. */
  readonly name: string;
  readonly body: unknown;
  readonly shape: Shape;
  readonly version: string;
  /** A fault rule's failure: the operation that this request starts ends with it, without any effect. */
  readonly failOperation?: OperationFailure;
}

export interface Reply {
  readonly status: number;
  readonly body?: object;
  /** The addresses to poll after a 202, without the server's name and the query. */
  readonly poll?: { readonly id: string; readonly asyncOperation: string; readonly location: string };
}

export function ok(body: object): Reply {
  return { status: 200, body };
}

/** 202 with the body and addresses of a long-running operation. */
export function accepted(
  { azure, instance, failOperation }: Call,
  type: string,
  name: string,
  work: Work,
  result?: () => object | undefined,
  isCancellable?: boolean,
): Reply {
  const operation = azure.operations.start({
    instance,
    type,
    name,
    work: failOperation ? () => failOperation : work,
    result,
    isCancellable,
  });
  const { subscriptionId, resourceGroup, location } = instance;
  const base = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Sql/locations/${location}/${type}`;
  return {
    status: 202,
    body: operationBody(operation),
    poll: {
      id: operation.id,
      asyncOperation: `${base}AzureAsyncOperation/${operation.id}`,
      location: `${base}OperationResults/${operation.id}`,
    },
  };
}

export function operationBody({ name, started }: Operation): object {
  return { operation: name, startTime: azureTime(started) };
}

/** `properties` of a request body; members that are not there are undefined. */
export function propertiesOf(body: unknown): Readonly<Record<string, unknown>> {
  const properties = isRecord(body) ? body.properties : undefined;
  return isRecord(properties) ? properties : {};
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function invalidParameter(name: string): ArmError {
  return new ArmError(
    400,
    "InvalidParameterValue",
    `Invalid value given for parameter ${name}. Specify a valid parameter value.`,
  );
}

/** A member whose value is not one of the enumeration. */
export function invalidSegment(member: string): ArmError {
  const target = `parameters.properties.${member}`;
  return new ArmError(400, "InvalidResourceIdSegment", `The '${target}' segment in the url is invalid.`, { target });
}
