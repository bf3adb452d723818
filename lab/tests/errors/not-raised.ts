/** Numbers that the lab does not raise, and why. */
export const notRaised: readonly (readonly [numbers: readonly number[], reason: string])[] = [
  [[1464, 41148, 35250, 35251], "Joining a second SQL Server to a group: a group of the lab has one replica."],
  [[1486, 35204, 35206, 35267], "Informational, in the server's own log: the lab shows lost connections in the views."],
  [[7861, 7869, 7890], "Endpoints over HTTP, and names and ports that the operating system reserves."],
  [[15299], "A signature that does not verify is taken for invalid data (15297)."],
  [Array.from({ length: 20 }, (_, index) => 15315 + index), "Encryption of data by keys is not modelled."],
  [[15342], "An endpoint's certificate without a private key is refused with 15563 instead."],
  [[15352, 33042], "Signed modules are not modelled."],
  [[35102, 35103, 35104, 47504], "What raises them is not documented."],
  [[35200, 41199], "The editions differ in Always On and in encryption only."],
  [[35215, 35222, 41114, 41171, 41196], "Failover clusters: the lab's one cluster (2016) has a single, healthy node."],
  [[35259, 35261], "35244 and 35249 say the same of CREATE and ADD DATABASE."],
  [[41156, 41178, 41186, 41187, 41190], "Groups are created and dropped at once: there is no time for a race."],
];

/** Codes that nothing in the lab raises but a fault rule, and why. */
export const azureNotRaised: readonly (readonly [codes: readonly string[], reason: string])[] = [
  [
    ["SubscriptionDoesNotHaveServer", "ServerNotInSubscriptionResourceGroup", "ResourceDoesNotExist"],
    "Recorded: Azure Resource Manager answers ResourceNotFound before the resource provider is asked.",
  ],
  [
    ["CannotFindServerCertificateWithThumbprint", "SameKeyMaterialNotFoundOnRemoteServer"],
    "Of TDE, which ends with the link: a managed instance encrypts by itself.",
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
