import type { CustomResourceOptions, ID, Input, Output } from "@pulumi/pulumi";
import type { Validity } from "../../sql-server/validity";
import { type LifecycleOf, LinkResource, type Unset } from "../link-resource";
import type { SqlServerArgs } from "../sql-server-args";

export interface SqlServerCertificateArgs {
  /** The instance that the certificate identifies; it makes the key pair and keeps the private key. Another instance is refused. */
  readonly sqlServer: SqlServerArgs;
  /**
   * Last day of its validity, `YYYY-MM-DD`, not in the past: the certificate expires at 23:59:59 UTC of that day (one
   * that an earlier version made, at its beginning). Changing it makes a new certificate.
   * @default one year after it is made, which is what CREATE CERTIFICATE does
   */
  readonly expiry?: Input<string>;
  /**
   * Name on SQL Server, and in Azure: without `\`. Changing it makes a new certificate, and so a new `expiry` or
   * `subject` needs a new name too where the name is given here.
   * @default `Cert_<@@SERVERNAME>_endpoint`; where that is taken, in a rotation, and after somebody has dropped the one before, followed by `_<date of expiry>`, and then by `_2` and on
   */
  readonly certificateName?: Input<string>;
  /**
   * When less than this is left of its validity, hours, days or weeks as in `"36h"`, `"60d"` and `"8w"`, at most `"330d"`, a new
   * certificate is made in its place: every `preview` shows it, and the next `up` does it. It counts from the beginning (UTC)
   * of `expiryDate`, by this machine's clock or by SQL Server's when it was last looked at, whichever is further; a day
   * before, a warning says when. Each certificate gets a name of its own and is valid for a year, so `expiry` and
   * `certificateName` are refused beside it. Changed in place. @default never
   */
  readonly rotateBefore?: Input<string>;
  /** Subject, 1 to 4000 characters. Changing it makes a new certificate. @default `Certificate for <certificateName>` */
  readonly subject?: Input<string>;
  /**
   * Takes over the certificate that is there under `certificateName`; where that is left out, the one that the mirroring
   * endpoint shows, or else the one with the documented name. Without it a certificate of that name is refused, and where no
   * name is given a new one is made beside it. Nothing of a certificate can be changed, so it is refused where `expiry` or
   * `subject` are given and differ, where it has ended, and where the server cannot open its private key. It is never
   * dropped: not when the stack goes, nor when a new one takes its place. Counts only when the resource is made.
   * @default false
   */
  readonly adopt?: Input<boolean>;
}

/**
 * The certificate that proves the SQL Server's identity to the managed instance; its private key never leaves the
 * server. It needs a database master key.
 *
 * It is replaced by making the new one first: the endpoint is altered to it, and then the old one is dropped. On delete
 * it is dropped, if the certificate of that name is still the recorded one and nothing uses it: an endpoint, a login or
 * user, a signature, an encrypted database or backup. Otherwise it is kept, and a warning says for whom.
 *
 * Source: "Create a certificate on SQL Server ..." of the link's script page; CREATE CERTIFICATE.
 *
 * Errors:
 * - 15581: there is no master key, or none that the server can open by itself.
 * - 15232: the name is taken.
 * - 15187: something uses the certificate, mostly an endpoint: it is not dropped.
 * - 15563: the certificate has lost its private key.
 * - NotedByAnother: another stack, or another resource, has noted the certificate as its own.
 *
 * @example
 * new SqlServerCertificate("certificate", { sqlServer, rotateBefore: "60d" }, { dependsOn: masterKey });
 */
export class SqlServerCertificate extends LinkResource {
  /** The behaviour that the engine runs; not for programs. */
  static readonly lifecycle = (): LifecycleOf<SqlServerCertificate> =>
    (require("./lifecycle") as typeof import("./lifecycle")).sqlServerCertificate;

  /**
   * Reads a certificate that exists, without managing it: neither `up` nor `destroy` changes it, and a missing one fails the run.
   * `id`: `<@@SERVERNAME>/<certificateName>`, which is recorded; the arguments find it.
   */
  static get(
    name: string,
    id: Input<ID>,
    args: Pick<SqlServerCertificateArgs, "sqlServer" | "certificateName">,
    opts?: CustomResourceOptions,
  ): SqlServerCertificate {
    return new SqlServerCertificate(name, args as SqlServerCertificateArgs, { ...opts, id });
  }

  declare readonly certificateName: Output<string>;
  /** The certificate with its public key: DER, hexadecimal, with `0x` as Azure's commands take it. */
  declare readonly publicKey: Output<string>;
  /** SHA-1 of the DER, upper-case hexadecimal. */
  declare readonly thumbprint: Output<string>;
  /** First day of its validity, `YYYY-MM-DD` (UTC). */
  declare readonly startDate: Output<string>;
  /** Day on which its validity ends, `YYYY-MM-DD` (UTC): with its end where `expiry` was given. */
  declare readonly expiryDate: Output<string>;
  /** "ExpiresSoon" in its last 30 days, by SQL Server's clock when it was last looked at; every run warns of it. */
  declare readonly validity: Output<Validity>;
  /** true where less than `rotateBefore` was left, by SQL Server's clock when it was last looked at: the next `up` makes a new one. */
  declare readonly rotationDue: Output<boolean | undefined>;
  /** What the instance is known by: `<@@SERVERNAME>/<guid of its master database>/<start of its service master key's guid>`. */
  declare readonly instanceId: Output<string>;

  constructor(name: string, args: SqlServerCertificateArgs, opts?: CustomResourceOptions) {
    super(
      "SqlServerCertificate",
      name,
      args,
      {
        certificateName: undefined,
        publicKey: undefined,
        thumbprint: undefined,
        startDate: undefined,
        expiryDate: undefined,
        validity: undefined,
        rotationDue: undefined,
        instanceId: undefined,
      } satisfies Unset<SqlServerCertificate>,
      opts,
    );
  }
}
