import type { CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import { LinkResource } from "../../dynamic/resource";
import type { SqlServerArgs } from "../resource";
import type { Validity } from "../validity";

export interface ManagedInstanceCertificateArgs {
  /** The instance that gets the certificate. Another instance is refused. */
  readonly sqlServer: SqlServerArgs;
  /** Azure resource id of the managed instance whose certificate it is. Another one replaces the certificate. */
  readonly managedInstanceId: Input<string>;
}

/**
 * The public key of a managed instance on SQL Server, in a certificate that is named as the instance's host name:
 * under any other name the link does not work. One serves all links to that instance.
 *
 * Azure renews the instance's certificate by itself. A refresh that finds another one than was imported reports it, and
 * the next `up` imports it anew. On delete the certificate is dropped, if it is still the recorded one.
 *
 * Source: "Get the certificate public key from SQL Managed Instance and import it to SQL Server" of the link's script
 * page; ARM `endpointCertificates/DATABASE_MIRRORING`; CREATE CERTIFICATE ... FROM BINARY.
 * Errors: 15232 the name or the key is there already, 15297 the key is damaged.
 */
export class ManagedInstanceCertificate extends LinkResource {
  /** Host name of the instance, `mi1.<dnsZone>.database.windows.net`; the name of the certificate. */
  declare readonly fqdn: Output<string>;
  /** First label of the host name: `mi1`. */
  declare readonly managedInstanceName: Output<string>;
  /** SHA-1 of the DER, upper-case hexadecimal. */
  declare readonly thumbprint: Output<string>;
  /** Last day of its validity, `YYYY-MM-DD` (UTC). */
  declare readonly expiryDate: Output<string>;
  /** "ExpiresSoon" in its last 30 days, by SQL Server's clock when it was last looked at; every run warns of it. */
  declare readonly validity: Output<Validity>;
  /** `<@@SERVERNAME>/<guid of its master database>`. */
  declare readonly instanceId: Output<string>;

  constructor(name: string, args: ManagedInstanceCertificateArgs, opts?: CustomResourceOptions) {
    super(
      "ManagedInstanceCertificate",
      name,
      args,
      ["fqdn", "managedInstanceName", "thumbprint", "expiryDate", "validity", "instanceId"],
      opts,
    );
  }
}
