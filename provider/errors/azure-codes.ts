import type { Advice } from "./advice";
import { existing } from "./existing";

const linkState = "az sql mi link show -g <group> --instance-name <instance> -n <link>";
const again = "then run pulumi up again, which makes a link that never came to replicate once more.";
const network =
  "open TCP 5022 both ways and 11000-11999 towards the instance's subnet, and test it as in https://aka.ms/mi-link-troubleshooting; then run pulumi up again.";
const names =
  "compare partnerAvailabilityGroupName, instanceAvailabilityGroupName and linkName with SELECT name, is_distributed FROM sys.availability_groups on SQL Server.";
const waiting = "run pulumi up again when the other operation has ended: az sql mi op list -g <group> --mi <instance>";
const login = "sign in (az login), or set ARM_CLIENT_ID, ARM_CLIENT_SECRET and ARM_TENANT_ID.";

const notImported: Advice = {
  cause: "SQL Server does not trust the managed instance's certificate.",
  remedy:
    "declare ManagedInstanceCertificate (its name on SQL Server must be the instance's FQDN) and TrustedRoots with that managedInstanceId (their dnsPattern must cover the FQDN), then run pulumi up.",
};
const notUploaded: Advice = {
  cause: "the certificate of SQL Server's endpoint is not on the managed instance, or another one is.",
  remedy:
    "compare thumbprints: az sql mi partner-cert list -g <group> --mi <instance>, and SELECT name, thumbprint FROM sys.certificates; declare a TrustCertificate for the endpoint's own certificate.",
};
const notMade: Advice = {
  cause: "the groups are connected, but the database could not be made on the other side.",
  remedy: `look into the instance's error log (EXEC sp_readerrorlog), ${again}`,
};
const roleChange: Advice = { cause: "the link is being failed over.", remedy: waiting };
const tooMany: Advice = {
  cause: "too many requests in the subscription at a time.",
  remedy: "run pulumi up again in some minutes, with --parallel 4.",
};
const outOfOrder: Advice = {
  cause: "Azure is out of order, or did not answer in time.",
  remedy:
    "run pulumi up again in some minutes, which looks at what there is and goes on; https://azure.status.microsoft tells of outages.",
};

/**
 * Azure's codes, those of its sign-in service, and the errors of a link: SQL Server's numbers as the link resource shows
 * them (mostRecentLinkError). "Azure X" is the network's X on the way to Azure.
 * Sources: error tables of the link's troubleshooting page, and the REST API's responses for links and certificates.
 */
export const azureCatalogue: Readonly<Record<number | string, Advice>> = {
  41962: { cause: "the managed instance did not reach SQL Server within 5 minutes.", remedy: network },
  41973: notUploaded,
  41974: notImported,
  41976: {
    cause:
      "a link that was connected before: SQL Server is out of reach, its mirroring endpoint is stopped, or its certificate has expired. A new one: the availability group or the distributed one is missing on SQL Server, is named differently there, or its listener URL lacks ;Server=[<instance>].",
    remedy: `start what is stopped: ALTER ENDPOINT [<endpoint>] STATE = STARTED (SELECT name, state_desc FROM sys.database_mirroring_endpoints); ${names}`,
  },
  41977: notMade,
  41986: { cause: "SQL Server did not answer on its mirroring endpoint.", remedy: network },
  47521: {
    cause:
      "the availability group on SQL Server is empty, its database is not healthy, or SQL Server cannot be reached.",
    remedy:
      "SELECT database_id, synchronization_health_desc FROM sys.dm_hadr_database_replica_states on SQL Server; add the database to the group, then run pulumi up.",
  },
  41968: roleChange,
  DistributedAvailabilityGroupSetRoleChangeRoleAlreadyInProgress: roleChange,
  ManagedInstanceLinkCertificateNotFoundOnManagedInstance: notUploaded,
  ManagedInstanceLinkCertificateNotFoundOnSqlServer: notImported,
  ManagedInstanceLinkConnectivityIsNotEstablished: {
    cause: "the managed instance and SQL Server did not reach each other in time.",
    remedy: network,
  },
  ManagedInstanceLinkForProvidedAvailabilityGroupsAlreadyExists: {
    cause: "there is a link over these availability groups already, and it has another database.",
    remedy: "give each database a linkName and availability groups of its own.",
  },
  ManagedInstanceLinkIsNotFound: {
    cause: "the link was deleted while its database was being copied.",
    remedy: "run pulumi refresh, then pulumi up.",
  },
  ManagedInstanceLinkIsNotInTheCatchupState: notMade,
  41964: { cause: "a database is being created on the instance through another link.", remedy: waiting },

  InstanceNotFound: {
    cause: "there is no managed instance of that name in the resource group.",
    remedy: 'check managedInstanceId: az sql mi list --query "[].id" -o tsv',
  },
  ResourceNotFound: {
    cause: "it is not there, or its name is spelled differently.",
    remedy: 'check managedInstanceId and the name: az sql mi list --query "[].id" -o tsv',
  },
  ResourceDoesNotExist: {
    cause: "it is not there (any more), or its name is spelled differently.",
    remedy: "run pulumi refresh, then pulumi up, which makes what is gone.",
  },
  ResourceGroupNotFound: {
    cause: "the resource group of managedInstanceId does not exist.",
    remedy: 'check managedInstanceId: az sql mi list --query "[].id" -o tsv',
  },
  SubscriptionNotFound: {
    cause: "the subscription of managedInstanceId does not exist, or the account that is signed in cannot see it.",
    remedy: "az account list -o table; sign in to the right tenant: az login --tenant <tenant>",
  },
  InvalidSubscriptionId: {
    cause: "the subscription of managedInstanceId is not one.",
    remedy: 'az account list --query "[].id" -o tsv',
  },
  SubscriptionDoesNotHaveServer: {
    cause: "the managed instance is in another subscription.",
    remedy: 'az sql mi list --query "[].id" -o tsv',
  },
  ServerNotInSubscriptionResourceGroup: {
    cause: "the managed instance is in another resource group.",
    remedy: 'az sql mi list --query "[].id" -o tsv',
  },
  AuthorizationFailed: {
    cause: "the account that is signed in may not do this.",
    remedy:
      'az role assignment create --assignee <client id> --role "SQL Managed Instance Contributor" --scope <managedInstanceId>; it takes some minutes to have effect.',
  },
  LinkedAuthorizationFailed: {
    cause: "the account that is signed in may not use a resource that this one refers to.",
    remedy: "give it the role on that resource too: az role assignment create",
  },
  InvalidAuthenticationToken: {
    cause: "Azure does not take the token: it is for another cloud or tenant, or the clock of this machine is wrong.",
    remedy: `check azure-native:environment and the clock; ${login}`,
  },
  InvalidAuthenticationTokenTenant: {
    cause: "the token is of another tenant than the subscription.",
    remedy: "az login --tenant <tenant>, or set ARM_TENANT_ID.",
  },
  AuthenticationFailed: { cause: "Azure got no usable token.", remedy: login },
  ExpiredAuthenticationToken: { cause: "the token has expired.", remedy: `check the clock of this machine; ${login}` },
  AADSTS: {
    cause: "Microsoft Entra ID refuses to sign this account in.",
    remedy: `look the number up at https://login.microsoftonline.com/error; ${login}`,
  },
  AADSTS7000215: {
    cause: "the client secret is wrong: the secret's value is needed, not its id.",
    remedy:
      "az ad app credential reset --id <client id>, then set ARM_CLIENT_SECRET (or pulumi config set --secret azure-native:clientSecret).",
  },
  AADSTS7000222: {
    cause: "the client secret has expired.",
    remedy:
      "az ad app credential reset --id <client id>, then set ARM_CLIENT_SECRET (or pulumi config set --secret azure-native:clientSecret).",
  },
  AADSTS700016: {
    cause: "the tenant has no application with this client id.",
    remedy: "check ARM_CLIENT_ID and ARM_TENANT_ID: az ad sp show --id <client id>",
  },
  AADSTS90002: { cause: "there is no such tenant.", remedy: "check ARM_TENANT_ID: az account show --query tenantId" },
  AADSTS700082: { cause: "the sign-in of az has expired.", remedy: "az login" },
  NoAzureCredentials: {
    cause: "no credentials for Azure were found on this machine.",
    remedy:
      "az login; or set ARM_CLIENT_ID, ARM_CLIENT_SECRET and ARM_TENANT_ID; or pulumi config set --secret azure-native:clientSecret ... with azure-native:clientId and azure-native:tenantId.",
  },
  NoManagedIdentity: {
    cause: "this machine has no managed identity, or it is not in Azure.",
    remedy:
      "give it one (az vm identity assign -g <group> -n <machine>), or run where there is one; elsewhere sign in as an application.",
  },
  AzureSignIn: {
    cause: "the sign-in service could not be used.",
    remedy: `check the network to it (AZURE_AUTHORITY_HOST, mi-link:authorityHost); ${login}`,
  },
  AzureTls: {
    cause: "the TLS certificate of Azure's endpoint is not trusted here: a proxy in between, or a private cloud.",
    remedy:
      "name the CA that issued it: pulumi config set mi-link:caFile <path of a PEM file> (or MI_LINK_CA_FILE); a proxy that is itself reached over https takes NODE_EXTRA_CA_CERTS.",
  },
  AzureTlsName: {
    cause: "the TLS certificate at that address is trusted here, but it is for another host name.",
    remedy:
      "use the name that the certificate has: pulumi config set mi-link:armEndpoint (or mi-link:authorityHost) https://<name>; or look for a proxy that answers in Azure's place.",
  },
  "HTTP 407": {
    cause: "the proxy that HTTPS_PROXY names wants a user and a password.",
    remedy: "HTTPS_PROXY=http://<user>:<password>@<host>:<port>, or leave Azure's hosts out with NO_PROXY.",
  },
  "Azure ENOTFOUND": {
    cause: "the host name of Azure's endpoint does not resolve on this machine.",
    remedy:
      "check the network, and mi-link:armEndpoint where it is set: nslookup <its host>; azure-native:environment (ARM_ENVIRONMENT) chooses the cloud",
  },
  "Azure ECONNREFUSED": {
    cause: "nothing listens at Azure's endpoint.",
    remedy:
      "check mi-link:armEndpoint (MI_LINK_ARM_ENDPOINT) and mi-link:authorityHost; without them the public cloud is used.",
  },

  ManagedInstanceStoppingOrStopped: {
    cause: "the managed instance is stopped.",
    remedy: "az sql mi start -g <group> --mi <instance>, then run pulumi up again.",
  },
  ManagedInstanceDeleting: {
    cause: "the managed instance is being deleted.",
    remedy: "use another instance, or run pulumi refresh when it is gone.",
  },
  ManagedInstanceStarting: { cause: "the managed instance is starting.", remedy: waiting },
  ManagedInstanceOperationInProgress: { cause: "another operation runs on the managed instance.", remedy: waiting },
  ManagedInstanceIsBusy: { cause: "another operation runs on the managed instance.", remedy: waiting },
  ConflictingServerOperation: { cause: "another operation runs on the managed instance.", remedy: waiting },
  ConflictingSubscriptionOperation: { cause: "another operation runs in the subscription.", remedy: waiting },
  ConflictingSystemOperationInProgress: { cause: "Azure itself is working on the managed instance.", remedy: waiting },
  ManagementServiceDatabaseBusy: {
    cause: "Azure's management service is busy.",
    remedy: "run pulumi up again in some minutes.",
  },
  OperationCanNotStartDueToMiLink: {
    cause: "a database is being created on the instance through another link.",
    remedy: waiting,
  },
  ConflictingDatabaseOperation: {
    cause: "another operation runs on the database, or a link of that name with other settings exists.",
    remedy: linkState,
  },
  Conflict: { cause: "something else is being done on the managed instance or with this name.", remedy: waiting },
  OperationInProgress: { cause: "another operation runs on the managed instance.", remedy: waiting },
  OperationCancelled: { cause: "somebody cancelled the operation in Azure.", remedy: "run pulumi up again." },
  OperationInterrupted: { cause: "Azure interrupted the operation.", remedy: "run pulumi up again." },
  CannotCancelOperation: { cause: "the operation is too far to be cancelled.", remedy: waiting },
  OperationTimedOut: { cause: "the operation took too long and Azure rolled it back.", remedy: "run pulumi up again." },
  OperationCanceled: { cause: "somebody cancelled the operation in Azure.", remedy: "run pulumi up again." },
  OperationIdNotFound: {
    cause: "Azure no longer knows the operation, or what it works on is gone.",
    remedy: "run pulumi refresh, then pulumi up.",
  },

  InvalidPublicBlob: {
    cause: "publicKey is not a certificate in DER.",
    remedy: "take it from SQL Server: SELECT CERTENCODED(CERT_ID(N'<certificate>'))",
  },
  MissingPublicBlob: {
    cause: "publicKey is empty.",
    remedy: "take it from SQL Server: SELECT CERTENCODED(CERT_ID(N'<certificate>'))",
  },
  MissingCertificateName: {
    cause: "certificateName is empty.",
    remedy: "use the name that the certificate has on SQL Server.",
  },
  CertificateAlreadyExists: existing({
    because: "the instance has a certificate of that name, or this certificate under another name.",
    look: "az sql mi partner-cert list -g <group> --mi <instance>; az sql mi link list -g <group> --instance-name <instance>",
  }),
  CannotFindServerCertificateWithThumbprint: {
    cause: "the instance has no certificate with this thumbprint.",
    remedy: "az sql mi partner-cert list -g <group> --mi <instance>",
  },
  InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestDatabases: {
    cause: "databaseName is empty or not allowed.",
    remedy: "use the database's name on SQL Server.",
  },
  InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestInstanceAvailabilityGroupName: {
    cause: "instanceAvailabilityGroupName is not allowed, or another link to the instance uses it.",
    remedy: "choose a name that is used once per instance: az sql mi link list -g <group> --instance-name <instance>",
  },
  InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestPartnerAvailabilityGroupName: {
    cause: "partnerAvailabilityGroupName is not allowed.",
    remedy: names,
  },
  InvalidDistributedAvailabilityGroupsCreateOrUpdateRequestPartnerEndpoint: {
    cause: "partnerEndpoint is empty.",
    remedy: "partnerEndpoint must look like TCP://<address or name>:<port>.",
  },
  InstanceAvailabilityGroupNamePartnerAvailabilityGroupNameMatch: {
    cause: "instanceAvailabilityGroupName and partnerAvailabilityGroupName are the same.",
    remedy: "choose another instanceAvailabilityGroupName.",
  },
  InvalidMultiDbDistributedAvailabilityGroupName: {
    cause: "linkName is not allowed for a link of several databases.",
    remedy: "use lower-case letters, digits and hyphens inside.",
  },
  InvalidParameterValue: {
    cause: "an argument has a value that Azure does not take; its SourceEndpoint is partnerEndpoint here.",
    remedy: "partnerEndpoint must look like TCP://<address or name>:<port>.",
  },
  InvalidResourceIdSegment: {
    cause: "an argument has a value that Azure does not take.",
    remedy: "compare the arguments with the documentation of InstanceLink.",
  },
  InvalidOperationForDatabaseNotInReplicationRelationship: {
    cause: "the link is not connected, so how it replicates cannot be changed; or a link still writes to the database.",
    remedy: `${linkState}; run pulumi up again when it is connected.`,
  },
  InvalidDistributedAvailabilityGroupFailoverInstanceRole: {
    cause: "a planned failover starts on the side that is primary.",
    remedy: "run it on SQL Server: ALTER AVAILABILITY GROUP [<link>] FAILOVER",
  },
  InvalidDistributedAvailabilityGroupFailoverRequest: {
    cause: "the link cannot fail over in its present state.",
    remedy: linkState,
  },
  InvalidDistributedAvailabilityGroupSetRoleRequest: {
    cause: "the link cannot change roles in its present state.",
    remedy: linkState,
  },
  InvalidDistributedAvailabilityGroupRole: { cause: "Azure does not take this role for the link.", remedy: linkState },
  InvalidDistributedAvailabilityGroupChangeType: {
    cause: "Azure does not take this kind of role change.",
    remedy: linkState,
  },
  ManagedDatabaseNameInUse: existing({
    because:
      'the instance has a database of that name: the copy that an earlier link left (databaseOnDelete: "Keep"), or one that somebody made.',
    look: "az sql midb show -g <group> --mi <instance> -n <database>, and the data in it",
  }),
  RemoteDatabaseExists: {
    cause: "the other side has a database of that name.",
    remedy: "az sql midb list -g <group> --mi <instance>",
  },
  CannotUseReservedDatabaseName: { cause: "the name belongs to a system database.", remedy: "link a user database." },
  DatabaseNumberLimitReached: {
    cause: "the instance has as many databases as it can hold (100; 500 on Next-gen General Purpose).",
    remedy: "az sql midb list -g <group> --mi <instance>; use another instance.",
  },
  NoMoreSpaceInManagedInstance: {
    cause: "the instance's storage is full.",
    remedy: "az sql mi update -g <group> -n <instance> --storage <GB>",
  },
  SameKeyMaterialNotFoundOnRemoteServer: {
    cause: "the database is encrypted with a key that the other side does not have.",
    remedy: "bring the TDE certificate or key to the other side first.",
  },
  ManagedInstanceRestoreToInstanceWithOlderVersionEdition: {
    cause: "the instance's update policy is older than SQL Server's version.",
    remedy: "az sql mi show -g <group> -n <instance> --query databaseFormat; use an instance with a newer policy.",
  },
  UnableToResolveRemoteServer: {
    cause: "the instance cannot resolve the host of partnerEndpoint.",
    remedy: "use an address, or a name that the DNS of the instance's network knows.",
  },
  SubscriptionTooManyCreateUpdateRequests: {
    cause: "too many changes in the subscription at a time.",
    remedy: "run pulumi up again in some minutes, with --parallel 4.",
  },
  SubscriptionTooManyRequests: tooMany,
  TooManyRequests: tooMany,
  SubscriptionRequestsThrottled: tooMany,
  DatabaseUnavailable: outOfOrder,
  GatewayInternalServerError: outOfOrder,
  InternalServerError: outOfOrder,
  RequestTimeout: outOfOrder,
  ServiceUnavailable: outOfOrder,
  MethodNotAllowed: {
    cause: "a name in the request is empty or not allowed.",
    remedy: "check the names among the arguments.",
  },
  NoRegisteredProviderFound: {
    cause: "the endpoint does not know this kind of resource in this version.",
    remedy: "check mi-link:armEndpoint and azure-native:environment.",
  },
  RequestDisallowedByPolicy: {
    cause: "a policy of your organisation forbids it.",
    remedy: "az policy assignment list --disable-scope-strict-match",
  },
  ScopeLocked: { cause: "a lock on the instance or its resource group forbids it.", remedy: "az lock list -g <group>" },
};
