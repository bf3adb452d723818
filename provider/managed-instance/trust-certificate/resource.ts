import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import { LinkResource } from "../../dynamic/resource";
import type { Validity } from "../../sql-server/validity";

export interface TrustCertificateArgs {
  /** Resource id of the managed instance (`/subscriptions/.../managedInstances/<name>`, any case). Another instance replaces the certificate. */
  readonly managedInstanceId: Input<string>;
  /**
   * Name in Azure; by convention the name that the certificate has on SQL Server. 1 to 128 characters, none of `< > * % & : \ / ? #`.
   * Changing it replaces the certificate.
   */
  readonly certificateName: Input<string>;
  /**
   * Certificate of SQL Server's endpoint, without its private key: DER in hexadecimal, with or without `0x`, any case
   * (`SqlServerCertificate.publicKey`, or `SELECT CERTENCODED(CERT_ID(N'...'))`). One that is malformed or has expired is refused.
   * Changing it replaces the certificate.
   */
  readonly publicKey: Input<string>;
}

/**
 * SQL Server's public key on the managed instance, which lets SQL Server's endpoint in (Azure: server trust certificate).
 *
 * A certificate of the name, or the same one under another name, that this stack did not upload is refused. A new
 * key under a new name, as in a rotation, is uploaded before the old one is deleted. Where name or key stays, the old one
 * is deleted first, as Azure takes each once; links keep running meanwhile, but cannot reconnect. On delete it is deleted,
 * if it is still the recorded key; that it is gone already is a success.
 *
 * Source: "Import SQL Server's certificate to the managed instance" of the link's script page;
 * REST: Microsoft.Sql/managedInstances/serverTrustCertificates.
 * Errors: InvalidPublicBlob, CertificateAlreadyExists; a link without it fails with 41973.
 */
export class TrustCertificate extends LinkResource {
  declare readonly managedInstanceId: Output<string>;
  declare readonly certificateName: Output<string>;
  /** Upper-case hexadecimal without `0x`. */
  declare readonly publicKey: Output<string>;
  /** SHA-1 of the certificate in upper-case hexadecimal, as sys.certificates and Azure show it. */
  declare readonly thumbprint: Output<string>;
  /** End of its validity, UTC, ISO 8601. */
  declare readonly expiryDate: Output<string>;
  /** "ExpiresSoon" in its last 30 days, by Azure's clock when it was last looked at; every run warns of it. */
  declare readonly validity: Output<Validity>;

  constructor(name: string, args: TrustCertificateArgs, opts?: CustomResourceOptions) {
    super(
      "TrustCertificate",
      name,
      args,
      ["managedInstanceId", "certificateName", "publicKey", "thumbprint", "expiryDate", "validity"],
      opts,
    );
  }
}
