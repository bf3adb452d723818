/** An error that Azure Resource Manager answers with: status, code and message. */
export class ArmError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly options: { readonly target?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.name = "ArmError";
  }

  /** The error envelope of the management plane; `details` only where the service names the offending member. */
  get body(): object {
    const { code, message } = this;
    const { target } = this.options;
    return { error: target ? { details: [{ code, message: "", target }], code, message } : { code, message } };
  }
}

/** The resource provider's answer to a child that is not there. */
export function childNotFound(type: string, name: string): ArmError {
  return new ArmError(
    404,
    "ResourceNotFound",
    `The requested resource of type 'Microsoft.Sql/managedInstances/${type}' with name '${name}' was not found.`,
  );
}

/** The gateway's answer to an instance that is not there: the resource provider is not asked. */
export function instanceNotFound(name: string, resourceGroup: string): ArmError {
  return new ArmError(
    404,
    "ResourceNotFound",
    `The Resource 'Microsoft.Sql/managedInstances/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    { headers: { "x-ms-failure-cause": "gateway" } },
  );
}

export function resourceGroupNotFound(name: string): ArmError {
  return new ArmError(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`, {
    headers: { "x-ms-failure-cause": "gateway" },
  });
}

export function subscriptionNotFound(id: string): ArmError {
  return new ArmError(404, "SubscriptionNotFound", `The subscription '${id}' could not be found.`, {
    headers: { "x-ms-failure-cause": "gateway" },
  });
}

export function operationNotFound(id: string): ArmError {
  return new ArmError(404, "OperationIdNotFound", `The operation with Id: '${id}' does not exist.`);
}
