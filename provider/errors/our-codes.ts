import type { Advice } from "./advice";
import type { OurCode } from "./codes";
import type { TlsKind } from "./tls-codes";

/**
 * What the provider's own words mean. The message itself has the cause and the remedy of the case: this is what they have in
 * common. The words for TLS are beside the codes of connections and of Azure.
 */
export const ourCodes: Readonly<Record<Exclude<OurCode, TlsKind | "AzureTls" | "AzureTlsName">, Advice>> = {
  BadAddress: {
    cause: "a setting that says where Azure is holds no https address.",
    remedy: "pulumi config set mi-link:armEndpoint https://<host> (or mi-link:authorityHost), or leave it out.",
  },
  Deadline: {
    cause: "the operation was not over in the time that it had.",
    remedy:
      "run pulumi up again, which goes on where it was broken off; for a large database give it more: customTimeouts: { create: '24h' } on the link.",
  },
  EndpointInUse: {
    cause: "the change of the mirroring endpoint would cut off links and groups that use it. Nothing was changed.",
    remedy: "take the change back; or remove what uses the endpoint, make the change, and make the rest again.",
  },
  InstanceIsPrimary: {
    cause:
      "the link or its database was to be deleted, and the copy on the managed instance may have become the original by a failover. Nothing was deleted.",
    remedy:
      'fail back first; or set databaseOnDelete: "Keep", run pulumi up, then remove the link: the database stays on the instance.',
  },
  Interrupted: {
    cause: "somebody interrupted the run (Ctrl-C).",
    remedy: "run pulumi up again, which goes on where it was broken off.",
  },
  LinkAlreadyExists: {
    cause: "the managed instance has a link of that name, which the state of this resource does not have.",
    remedy:
      "adopt: true takes it over where it is as declared; npx mi-link import writes it into a program; or give another linkName.",
  },
  LinkDeleted: {
    cause:
      "somebody deleted the link in Azure. The copy on the managed instance is an independent database now, and nothing replicates to it.",
    remedy:
      "look at the data in the copy first. If it is in use: take the link out of the program. If SQL Server is the original: rename the copy (ALTER DATABASE [<database>] MODIFY NAME = [<another>], on the instance), then run pulumi up --refresh, which makes a new one.",
  },
  LinkIsConnected: {
    cause: "the change would disconnect a link that works. Nothing was changed.",
    remedy:
      "take the change back; or delete the link first (take it out of the program, pulumi up), then make the change.",
  },
  LinkIsLive: {
    cause:
      "the change means deleting the link and making it again, and the copy on the instance would stand in the way. Nothing was changed.",
    remedy:
      'set databaseOnDelete: "Delete" and run pulumi up; then make the change, which copies the database anew. Or take the change back.',
  },
  LinkNotShown: {
    cause: "Azure accepted the link, and has not shown it yet: its answers are of some time ago.",
    remedy: "run pulumi up again, which looks for it and goes on.",
  },
  NoCaFile: {
    cause: "the file that mi-link:caFile names cannot be read, or is no PEM file.",
    remedy: "pulumi config set mi-link:caFile <path of a PEM file on this machine>",
  },
  NoCredential: {
    cause: "there is no password or token, or the reference to one (env:, file:, config:) leads nowhere.",
    remedy: "set what the reference names, for env:SQL_SERVER_PASSWORD the variable; or give another credential.",
  },
  NoEndpoint: {
    cause: "SQL Server has no mirroring endpoint that is started, over which a group could replicate.",
    remedy:
      "declare a MirroringEndpoint and let the group depend on it; or start the one that is there: ALTER ENDPOINT [<endpoint>] STATE = STARTED",
  },
  NotAsDeclared: {
    cause: "what was to be taken over (adopt) differs from the program in ways that cannot be changed in place.",
    remedy:
      "declare it as it is there: the message lists each difference; npx mi-link import writes the whole program.",
  },
  NotConnectedAgain: {
    cause: "after a change of the endpoint not everybody connected again; the endpoint was put back as it was.",
    remedy:
      "upload the new certificate to every linked managed instance before the endpoint uses it (TrustCertificate, dependsOn); then run pulumi up again.",
  },
  NotedByAnother: {
    cause:
      "a note on the SQL Server says that another stack, or another resource, made the object. One stack never takes what another made.",
    remedy:
      "if a resource was renamed: aliases. If both are wanted: another name here, or share the other stack's outputs. If that stack is gone for good: the message has the statement that removes its note.",
  },
  NotSysadmin: {
    cause: "the login is not a member of sysadmin, which the documented procedure needs.",
    remedy: "run as an administrator: ALTER SERVER ROLE sysadmin ADD MEMBER [<login>]",
  },
  NotTrusted: {
    cause: "a linked managed instance does not have the certificate that the endpoint is to use. Nothing was changed.",
    remedy:
      "let the endpoint depend on the TrustCertificate of every instance; where another stack uploads it: run pulumi up there first.",
  },
  OtherAudience: {
    cause: "the token is for another service than this SQL Server. It was not sent.",
    remedy: "az account get-access-token --resource https://database.windows.net/ --query accessToken -o tsv",
  },
  OtherInstance: {
    cause: "at that address answers another SQL Server than the one that the state knows.",
    remedy:
      "give sqlServer.host and port of the right one; or, where it was made anew, give the resource another name.",
  },
  Outage: {
    cause: "Azure, or the way to it, was out of order for longer than a moment.",
    remedy: "run pulumi up again when it is back, which looks at what there is and goes on.",
  },
  OutcomeUnknown: {
    cause: "the answer to a change was lost, so that nobody knows whether it was made.",
    remedy: "run pulumi up again, which looks at what there is and goes on.",
  },
  UnknownCloud: {
    cause: "azure-native:environment (or ARM_ENVIRONMENT, AZURE_ENVIRONMENT) names no cloud that is known.",
    remedy: "pulumi config set azure-native:environment public (or usgovernment, china)",
  },
  PreflightFailed: {
    cause: "the preflight, which preflight: true asks for, found what a link cannot be made with. Nothing was made.",
    remedy: "do what the message says of each finding (npx mi-link preflight says it again), then run pulumi up again.",
  },
  Version: {
    cause: "this version or build of SQL Server cannot have a link, or lacks the update for it.",
    remedy: "install the update that the message names, restart SQL Server, then run pulumi up again.",
  },
  WasThereBefore: {
    cause:
      "the change means a new object, and the old one was there before this stack took it over: it is never deleted here.",
    remedy:
      "take the change back; or take the resource out of the program, remove the object by hand once nothing uses it, and declare the new one.",
  },
  WrongFqdn: {
    cause: "Azure gives a host name of the managed instance that is none.",
    remedy:
      "look at it, and ask again when the instance is ready: az sql mi show --ids <id> --query fullyQualifiedDomainName",
  },
};
