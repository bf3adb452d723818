/** The provider's own words for what went wrong. The first four are decided on, the others are only told. */
const ours = [
  "Deadline",
  "Interrupted",
  "Outage",
  "OutcomeUnknown",
  "AzureTls",
  "AzureTlsName",
  "BadAddress",
  "EndpointInUse",
  "InstanceIsPrimary",
  "LinkAlreadyExists",
  "LinkDeleted",
  "LinkIsConnected",
  "LinkIsLive",
  "LinkNotShown",
  "NoCaFile",
  "NoCredential",
  "NoEndpoint",
  "NotAsDeclared",
  "NotConnectedAgain",
  "NotedByAnother",
  "NotSysadmin",
  "NotTrusted",
  "OtherAudience",
  "OtherInstance",
  "PreflightFailed",
  "TlsNotSpoken",
  "TlsOtherName",
  "TlsOutOfDate",
  "TlsUntrusted",
  "UnknownCloud",
  "Version",
  "WasThereBefore",
  "WrongFqdn",
] as const;

type OurCode = (typeof ours)[number];

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

const isOurs = (code: string): boolean => ours.some((own) => own === code);

/** What others call "Deadline" is not what the provider means by it. */
export const theirs = (code: string): TheirCode => (isOurs(code) ? `foreign ${code}` : code) as TheirCode;
