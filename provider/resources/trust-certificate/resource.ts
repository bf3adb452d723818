import type { CustomResourceOptions, ID, Input, Output } from "@pulumi/pulumi";
import type { Validity } from "../../sql-server/validity";
import { type LifecycleOf, LinkResource, type Unset } from "../link-resource";
import type { SqlServerArgs } from "../sql-server-args";

export interface TrustCertificateArgs {
  /** Resource id of the managed instance (`/subscriptions/.../managedInstances/<name>`, any case). Another instance replaces the certificate. */
  readonly managedInstanceId: Input<string>;
  /**
   * Name in Azure; by convention the name that the certificate has on SQL Server. 1 to 128 characters, none of `< > * % & : \ / ? #`.
   * Changing it together with the key replaces the certificate; alone it is refused, as Azure takes each key once.
   */
  readonly certificateName: Input<string>;
  /**
   * Certificate of SQL Server's endpoint, without its private key: DER in hexadecimal, with or without `0x`, any case
   * (`SqlServerCertificate.publicKey`, or `SELECT CERTENCODED(CERT_ID(N'...'))`). One that is malformed or has expired is refused.
   * Changing it replaces the certificate; under the old name only when nothing needs the old key any more.
   */
  readonly publicKey: Input<string>;
  /**
   * The SQL Server that the certificate was made on; one that does not hold it is refused. On delete it is asked whether
   * its endpoint still uses the certificate. Changed in place.
   * @default none: then the certificate is kept on delete while the instance has any link, also in a rotation
   */
  readonly sqlServer?: SqlServerArgs;
  /**
   * Tests, before the certificate is uploaded, what links need of `sqlServer` and of the managed instance, as `mi-link
   * preflight` does: `{}` does so. What failed refuses the creation, all of it in one message, and of the rest warnings tell.
   * It counts only when the resource is made: changing it changes nothing. @default none: nothing is tested
   */
  readonly preflight?: Input<object>;
  /**
   * For all resources of a program alike: the very same certificate that is there already is used in any case, and never
   * deleted. With `adopt` a line says so when the stack goes. Another key under the name, or the key under another name, is
   * refused: Azure takes each once, so the old one would have to go first. Changing it changes nothing. @default false
   */
  readonly adopt?: Input<boolean>;
}

/**
 * SQL Server's public key on the managed instance, which lets SQL Server's endpoint in (Azure: server trust certificate).
 *
 * The same key that is there already under the same name is used, and never deleted. Another key under the name, or the
 * same one under another name, is refused. A new key under a new name, as in a rotation, is uploaded before the old one is
 * deleted. A new key under the old name comes after it, and is refused while a link needs the old one.
 *
 * On delete it is deleted, if it is still the recorded key and no link needs it; one that is needed is kept, and a warning
 * says for whom. One that was rotated while the endpoint is another stack's is deleted by the next rotation or destroy. That it is gone already is a success. Let the MirroringEndpoint that uses the certificate depend on this
 * resource: then a new certificate is trusted before the endpoint shows it.
 *
 * Source: "Import SQL Server's certificate to the managed instance" of the link's script page;
 * REST: Microsoft.Sql/managedInstances/serverTrustCertificates.
 * Errors: InvalidPublicBlob, CertificateAlreadyExists; a link without it fails with 41973.
 */
export class TrustCertificate extends LinkResource {
  /** The behaviour that the engine runs; not for programs. */
  static readonly lifecycle = (): LifecycleOf<TrustCertificate> =>
    (require("./lifecycle") as typeof import("./lifecycle")).trustCertificate;

  /**
   * Reads a certificate that exists, without managing it: neither `up` nor `destroy` changes it, and a missing one fails the run.
   * `id`: `<managed instance>/<certificateName>`, which is recorded; the arguments find it.
   */
  static get(
    name: string,
    id: Input<ID>,
    args: Pick<TrustCertificateArgs, "managedInstanceId" | "certificateName" | "sqlServer">,
    opts?: CustomResourceOptions,
  ): TrustCertificate {
    return new TrustCertificate(name, args as TrustCertificateArgs, { ...opts, id });
  }

  declare readonly managedInstanceId: Output<string>;
  declare readonly certificateName: Output<string>;
  /** Upper-case hexadecimal without `0x`. */
  declare readonly publicKey: Output<string>;
  /** SHA-1 of the certificate in upper-case hexadecimal, as sys.certificates and Azure show it. */
  declare readonly thumbprint: Output<string>;
  /** End of its validity, UTC, ISO 8601. */
  declare readonly expiryDate: Output<string>;
  /** What the SQL Server is known by, where `sqlServer` is given. */
  declare readonly instanceId: Output<string | undefined>;
  /** false where it was there before. */
  declare readonly created: Output<boolean | undefined>;
  /** "ExpiresSoon" in its last 30 days, by Azure's clock when it was last looked at; every run warns of it. */
  declare readonly validity: Output<Validity>;

  constructor(name: string, args: TrustCertificateArgs, opts?: CustomResourceOptions) {
    super(
      "TrustCertificate",
      name,
      args,
      {
        managedInstanceId: undefined,
        certificateName: undefined,
        publicKey: undefined,
        thumbprint: undefined,
        expiryDate: undefined,
        validity: undefined,
        instanceId: undefined,
        created: undefined,
      } satisfies Unset<TrustCertificate>,
      opts,
    );
  }
}
