import type { Input } from "@pulumi/pulumi";

/**
 * How to reach an instance of SQL Server, and as whom. Nothing here replaces a resource when it changes: what was made
 * belongs to the instance, and another instance is refused. An instance is known by its @@SERVERNAME, its master
 * database and its service master key. It may get another name (sp_dropserver, sp_addserver, restart): that is said, and
 * work goes on; a copy of it (a cloned or restored machine) is refused as far as it can be told from it.
 *
 * The login must be a member of `sysadmin` (link preparation page, "Permissions").
 */
export interface SqlServerArgs {
  /** DNS name or address, as this machine reaches it. A named instance is reached by its port. */
  readonly host: Input<string>;
  /** TCP port of the instance. @default 1433 */
  readonly port?: Input<number>;
  /** Login; with `authentication: "Ntlm"` as `DOMAIN\user`. */
  readonly user: Input<string>;
  /** Its password; kept secret in the state. Give this or `credential`. */
  readonly password?: Input<string>;
  /**
   * Where the password is. `env:NAME` and `file:PATH` are read in every run and stored nowhere. `config:KEY` is the stack's
   * configuration, which Pulumi keeps in the state, encrypted: after a change of the password `pulumi refresh` and
   * `pulumi destroy` need `--run-program`, or they use the one of the last `pulumi up` (18456).
   */
  readonly credential?: Input<string>;
  /** @default "SqlPassword" */
  readonly authentication?: Input<"SqlPassword" | "Ntlm">;
  /** "mandatory": TLS after the handshake; "strict": TDS 8.0; "optional": TLS only if the server forces it. @default "mandatory" */
  readonly encrypt?: Input<"strict" | "mandatory" | "optional">;
  /** Takes any certificate of the server: only on a network you trust. @default false */
  readonly trustServerCertificate?: Input<boolean>;
  /** PEM file of the CA that issued the server's certificate, when it is not a public one. */
  readonly caFile?: Input<string>;
}
