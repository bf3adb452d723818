/**
 * The provider's own words for what went wrong, as `codes` of `mi-link --json` has them. The first four are decided on, the
 * others are only told.
 *
 * @public The reference is made of it.
 */
export const ours = {
  Deadline: "the time that `customTimeouts` or `seedingTimeoutMinutes` gives was over",
  Interrupted: "the run was ended by Ctrl-C, by a signal, or because the engine was gone",
  Outage: "Azure, its sign-in service or the network was out of order for 15 minutes",
  OutcomeUnknown: "a change was sent, its answer was lost, and a look could not tell whether it was made",
  AzureTls: "the TLS certificate of Azure's address is not trusted here",
  AzureTlsName: "the TLS certificate of Azure's address is for another name",
  BadAddress: "an address of Azure that is configured is no https address",
  EndpointInUse: "the mirroring endpoint is used, and the change would cut somebody off",
  InstanceIsPrimary: "the copy was to be deleted, and it may be the original by now",
  LinkAlreadyExists: "there is a link of that name, which is not this stack's",
  LinkDeleted: "somebody deleted the link in Azure, and its copy is still there",
  LinkIsConnected: "the change would disconnect a link that works",
  LinkIsLive: 'the change would replace a link whose copy is to be kept (`databaseOnDelete: "Keep"`)',
  LinkNotShown: "Azure accepted the link, and did not show it for two minutes",
  NoCaFile: "the file that `mi-link:caFile` names cannot be read",
  NoCredential: "there is no password, or nothing where the reference to it leads",
  NoEndpoint: "the SQL Server has no mirroring endpoint, or it is not started",
  NotAsDeclared: "what was to be taken over differs in something that cannot be changed in place",
  NotConnectedAgain: "a partner did not connect again after the endpoint was changed, so it was changed back",
  NotedByAnother: "the object is noted on the server as another stack's, or another resource's",
  NotSysadmin: "the login is not a member of sysadmin",
  NotTrusted: "a managed instance with links does not have the endpoint's new certificate yet",
  OtherAudience: "SQL Server takes tokens for another audience, so none was sent",
  OtherInstance: "another SQL Server answers than the one that is recorded, or that holds the certificate",
  TlsNotSpoken: "what answers does not offer the encryption that was asked for",
  TlsOtherName: "the TLS certificate of SQL Server is for other names than `sqlServer.host`",
  TlsOutOfDate: "the TLS certificate of SQL Server has expired, or is not valid yet",
  TlsUntrusted: "the TLS certificate of SQL Server is not trusted here",
  UnknownCloud: "`azure-native:environment` names no cloud that is known",
  Version: "no link can be set up on this version of SQL Server",
  WasThereBefore: "the object was there before this stack took it over, so it is not replaced",
  WrongFqdn: "the host name of the managed instance is no whole host name",
} as const;

type OurCode = keyof typeof ours;

/** Azure's words that are decided on, or that the provider gives to a refusal which Azure would answer with them. */
type AzureCode =
  | "CertificateAlreadyExists"
  | "ManagedDatabaseNameInUse"
  | "NotFound"
  | "ParentResourceNotFound"
  | "ResourceDoesNotExist"
  | "ResourceGroupNotFound"
  | "ResourceNotFound";

/** A word that Azure, the driver or Node gave: made by `theirs` only. */
type TheirCode = string & { readonly isTheirs: true };

/** What is behind a failure: a number of SQL Server's, or a word. */
export type Code = number | OurCode | AzureCode | TheirCode;

const isOurs = (code: string): boolean => Object.hasOwn(ours, code);

/** What others call "Deadline" is not what the provider means by it. */
export const theirs = (code: string): TheirCode => (isOurs(code) ? `foreign ${code}` : code) as TheirCode;
