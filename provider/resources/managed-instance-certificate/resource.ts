import type { CustomResourceOptions, ID, Input, Output } from "@pulumi/pulumi";
import type { Validity } from "../../sql-server/validity";
import { type LifecycleOf, LinkResource, type Unset } from "../link-resource";
import type { SqlServerArgs } from "../sql-server-args";

export interface ManagedInstanceCertificateArgs {
  /** The instance that gets the certificate. Another instance is refused. */
  readonly sqlServer: SqlServerArgs;
  /** Azure resource id of the managed instance whose certificate it is. Another one replaces the certificate. */
  readonly managedInstanceId: Input<string>;
  /**
   * Takes over the certificate that is there under the instance's name: an older one of the instance is renewed in place,
   * and from then on Azure's renewals are followed. Refused where it has a private key, as it is then something else's.
   * Without it the very same certificate is used all the same, and its renewal left to whoever imported it; another one is
   * refused. It stays when the stack goes. Counts only when the resource is made. @default false
   */
  readonly adopt?: Input<boolean>;
}

/**
 * The public key of a managed instance on SQL Server, in a certificate that is named as the instance's host name:
 * under any other name the link does not work. One serves all links to that instance: one that is there already, as the
 * instance presents it, is used, and never dropped.
 *
 * Azure renews the instance's certificate by itself. A refresh that finds another one than was imported reports it, and
 * the next `up` imports it anew. On delete the certificate is dropped, if it is still the recorded one and no
 * distributed group points at the instance; otherwise it is kept, and a warning says for whom.
 *
 * Source: "Get the certificate public key from SQL Managed Instance and import it to SQL Server" of the link's script
 * page; ARM `endpointCertificates/DATABASE_MIRRORING`; CREATE CERTIFICATE ... FROM BINARY.
 *
 * Errors:
 * - 15232: the name is taken by another certificate, or the key is there under another name.
 * - 15297: what Azure answers is no certificate.
 * - WrongFqdn: the host name that Azure answers is none, so it can't be the certificate's name.
 * - NotedByAnother: another stack, or another resource, has noted the certificate as its own.
 *
 * @example
 * const roots = new TrustedRoots("roots", { sqlServer, managedInstanceId });
 *
 * new ManagedInstanceCertificate("instance-certificate", { sqlServer, managedInstanceId }, { dependsOn: roots });
 */
export class ManagedInstanceCertificate extends LinkResource {
  /** The behaviour that the engine runs; not for programs. */
  static readonly lifecycle = (): LifecycleOf<ManagedInstanceCertificate> =>
    (require("./lifecycle") as typeof import("./lifecycle")).managedInstanceCertificate;

  /**
   * Reads the certificate that exists, without managing it: neither `up` nor `destroy` changes it, and a missing one fails the run.
   * `id`: `<@@SERVERNAME>/<host name of the managed instance>`, which is recorded; the arguments find it.
   */
  static get(
    name: string,
    id: Input<ID>,
    args: Pick<ManagedInstanceCertificateArgs, "sqlServer" | "managedInstanceId">,
    opts?: CustomResourceOptions,
  ): ManagedInstanceCertificate {
    return new ManagedInstanceCertificate(name, args as ManagedInstanceCertificateArgs, { ...opts, id });
  }

  /** Host name of the instance, `mi1.<dnsZone>.database.windows.net`; the name of the certificate. */
  declare readonly fqdn: Output<string>;
  /** First label of the host name: `mi1`. */
  declare readonly managedInstanceName: Output<string>;
  /** SHA-1 of the DER, upper-case hexadecimal. */
  declare readonly thumbprint: Output<string>;
  /** Day on which its validity ends, `YYYY-MM-DD` (UTC), at a time that Azure chose. */
  declare readonly expiryDate: Output<string>;
  /** false where it was there before. */
  declare readonly created: Output<boolean | undefined>;
  /** "ExpiresSoon" in its last 30 days, by SQL Server's clock when it was last looked at; every run warns of it. */
  declare readonly validity: Output<Validity>;
  /** What the instance is known by: `<@@SERVERNAME>/<guid of its master database>/<start of its service master key's guid>`. */
  declare readonly instanceId: Output<string>;

  constructor(name: string, args: ManagedInstanceCertificateArgs, opts?: CustomResourceOptions) {
    super(
      "ManagedInstanceCertificate",
      name,
      args,
      {
        fqdn: undefined,
        managedInstanceName: undefined,
        thumbprint: undefined,
        expiryDate: undefined,
        validity: undefined,
        created: undefined,
        instanceId: undefined,
      } satisfies Unset<ManagedInstanceCertificate>,
      opts,
    );
  }
}
