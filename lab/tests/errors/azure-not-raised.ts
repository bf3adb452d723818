/** Codes that nothing in the lab raises but a fault rule, and why. */
export const azureNotRaised: readonly (readonly [codes: readonly string[], reason: string])[] = [
  [
    ["SubscriptionDoesNotHaveServer", "ServerNotInSubscriptionResourceGroup", "ResourceDoesNotExist"],
    "Recorded: Azure Resource Manager answers ResourceNotFound before the resource provider is asked.",
  ],
  [
    ["CannotFindServerCertificateWithThumbprint", "SameKeyMaterialNotFoundOnRemoteServer"],
    "Of TDE, which is not modelled.",
  ],
  [
    ["ConflictingSubscriptionOperation", "ConflictingSystemOperationInProgress", "ManagementServiceDatabaseBusy"],
    "Azure's own work at the same time: the lab does none.",
  ],
  [
    ["SubscriptionTooManyRequests", "TooManyRequests"],
    "What the resource provider has room for is not documented; Resource Manager's own throttling and that of changes are there.",
  ],
  [["GatewayInternalServerError", "DatabaseUnavailable", "RequestTimeout"], "Breakdowns of the service itself."],
];
