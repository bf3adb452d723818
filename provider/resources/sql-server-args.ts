import type { Input } from "@pulumi/pulumi";
import type { Authentication } from "../arguments/sql-server-authentication";

/**
 * How to reach an instance of SQL Server, and as whom. Nothing here replaces a resource when it changes: what was made
 * belongs to the instance, and another instance is refused. An instance is known by its `@@SERVERNAME`, its master
 * database and its service master key. It may get another name (sp_dropserver, sp_addserver, restart): that is said, and
 * work goes on; a copy of it (a cloned or restored machine) is refused as far as it can be told from it.
 *
 * The login must be a member of `sysadmin` (link preparation page, "Permissions").
 *
 * Errors:
 * - NotSysadmin: the login is not a member of sysadmin.
 * - OtherInstance: another SQL Server answers than the one that is recorded.
 * - Version: no link can be set up on this version; the message names the update.
 * - 35221: Always On availability groups are not enabled on the instance.
 * - 35237: `@@SERVERNAME` is not the name of the machine.
 * - NoCredential: there is no password, or nothing where `credential` leads.
 * - 18456: SQL Server refused the login.
 * - OtherAudience: SQL Server takes tokens for another audience, so none was sent.
 * - TlsUntrusted: the server's TLS certificate is not trusted here.
 * - TlsOutOfDate: it has expired, or is not valid yet.
 * - TlsOtherName: it is for other names than `host`.
 * - TlsNotSpoken: what answers does not offer the encryption that was asked for.
 */
export interface SqlServerArgs {
  /** DNS name or address, as this machine reaches it. A named instance is reached by its port. */
  readonly host: Input<string>;
  /** TCP port of the instance. @default 1433 */
  readonly port?: Input<number>;
  /** Login, which "SqlPassword" and "Ntlm" need; with "Ntlm" as `DOMAIN\user`. @default none */
  readonly user?: Input<string>;
  /** Its password, or with "EntraServicePrincipal" the client secret; kept secret in the state. Give this or `credential`. @default none */
  readonly password?: Input<string>;
  /**
   * Where the password, client secret or access token is. `env:NAME` and `file:PATH` are read in every run and stored
   * nowhere. `config:KEY` is the stack's configuration, which Pulumi keeps in the state, encrypted: after a change of the
   * password `pulumi refresh` and `pulumi destroy` need `--run-program`, or they use the one of the last `pulumi up` (18456).
   * @default none
   */
  readonly credential?: Input<string>;
  /**
   * How to sign in. With a password: "SqlPassword", "Ntlm". With Microsoft Entra, which SQL Server 2022 and later take where
   * they are connected to Azure (Azure Arc, or on an Azure VM) and have an Entra admin; each principal needs a login there,
   * `CREATE LOGIN [<name>] FROM EXTERNAL PROVIDER`, in sysadmin:
   *
   * - "EntraDefault": the principal that this package signs in to Azure with: `azure-native:*` settings, `ARM_*`, or what
   *   DefaultAzureCredential of `@azure/identity` finds (`az login`, `AZURE_*`, workload and managed identity).
   * - "EntraServicePrincipal": another application, of `clientId` and `tenantId`, with its client secret.
   * - "EntraManagedIdentity": the managed identity of the machine; `clientId` tells a user-assigned one.
   * - "EntraAccessToken": a token that something else got, for `https://database.windows.net/`, behind `credential`.
   *
   * Tokens are kept nowhere, and each connection gets one that is good at that moment: runs of days go on. They go over TLS
   * only. `trustServerCertificate` gives them to whoever answers: only on a network you trust.
   *
   * Source: "Microsoft Entra authentication for SQL Server",
   * https://learn.microsoft.com/sql/relational-databases/security/authentication-access/azure-ad-authentication-sql-server-overview
   * @default "SqlPassword"
   */
  readonly authentication?: Input<Authentication>;
  /**
   * Tenant of the application, id or domain name, with "EntraServicePrincipal".
   * @default `azure-native:tenantId`, `ARM_TENANT_ID` or `AZURE_TENANT_ID`
   */
  readonly tenantId?: Input<string>;
  /**
   * Client id of the application with "EntraServicePrincipal", of a user-assigned identity with "EntraManagedIdentity".
   * @default for an application `azure-native:clientId`, `ARM_CLIENT_ID` or `AZURE_CLIENT_ID`; the machine's own identity
   */
  readonly clientId?: Input<string>;
  /** "mandatory": TLS after the handshake; "strict": TDS 8.0; "optional": TLS only if the server forces it. @default "mandatory" */
  readonly encrypt?: Input<"strict" | "mandatory" | "optional">;
  /** Takes any certificate of the server: only on a network you trust. @default false */
  readonly trustServerCertificate?: Input<boolean>;
  /** PEM file of the CA that issued the server's certificate, when it is not a public one. @default the public ones alone */
  readonly caFile?: Input<string>;
}
