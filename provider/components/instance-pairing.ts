import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import { endpointUrlOf } from "../arguments/endpoint-url";
import { ManagedInstanceCertificate } from "../resources/managed-instance-certificate/resource";
import { MasterKey } from "../resources/master-key/resource";
import { MirroringEndpoint } from "../resources/mirroring-endpoint/resource";
import type { SqlServerArgs } from "../resources/sql-server-args";
import { SqlServerCertificate } from "../resources/sql-server-certificate/resource";
import { TrustCertificate } from "../resources/trust-certificate/resource";
import { TrustedRoots } from "../resources/trusted-roots/resource";
import type { Validity } from "../sql-server/validity";
import { type ArgumentNames, refuseUnknownArguments } from "./known-arguments";
import { partOptions } from "./part-options";

export interface InstancePairingArgs {
  /** The SQL Server. Another instance is refused: what was made belongs to the one it was made on. */
  readonly sqlServer: SqlServerArgs;
  /**
   * Azure resource id of the managed instance. Another one replaces the trust between the two, and with it the links,
   * which is refused before anything is touched while their copies would stay (`databaseOnDelete: "Keep"`).
   */
  readonly managedInstanceId: Input<string>;
  /** Password of the database master key of `master`, used only where there is none yet; keep it in a safe place. */
  readonly masterKeyPassword?: Input<string>;
  /** Where that password is, instead: `env:NAME` or `file:PATH`, stored nowhere, or `config:KEY` (see `SqlServerArgs.credential`). */
  readonly masterKeyCredential?: Input<string>;
  /**
   * Address of the SQL Server as the managed instance reaches it; IPv6 with or without brackets. A link keeps it for
   * good: while one is connected, another address is refused before anything is touched, and the message says how to get
   * there. @default `sqlServer.host`
   */
  readonly address?: Input<string>;
  /**
   * Port of the mirroring endpoint, 1024 to 32767. Changed in place while no link is connected over it; refused, as
   * another `address` is, while one is. See MirroringEndpoint. @default 5022
   */
  readonly port?: Input<number>;
  /** Last day of the SQL Server's certificate, `YYYY-MM-DD` (UTC); a new date makes a new certificate. See SqlServerCertificate. */
  readonly certificateExpiry?: Input<string>;
  /**
   * Makes a new certificate in time by itself, in place of `certificateExpiry`: in the first `up` when less than this is left
   * of the old one, `"60d"`, `"8w"`. See SqlServerCertificate.rotateBefore.
   */
  readonly certificateRotateBefore?: Input<string>;
}

/**
 * The trust between one SQL Server and one managed instance, and the endpoint they talk over. Any number of
 * ManagedInstanceLinks share it.
 *
 * Source: "Establish trust between instances" and "Secure the database mirroring endpoint" of the link's script page.
 */
export class InstancePairing extends ComponentResource {
  readonly sqlServer: SqlServerArgs;
  readonly managedInstanceId: Input<string>;
  /** Made first, and everything else waits for it: a missing password or sign-in to Azure shows before anything is made. */
  readonly masterKey: MasterKey;
  readonly certificate: SqlServerCertificate;
  readonly managedInstanceCertificate: ManagedInstanceCertificate;
  readonly trustCertificate: TrustCertificate;
  readonly endpoint: MirroringEndpoint;
  /** `TCP://<address>:<port>`: where the managed instance finds the SQL Server. */
  readonly endpointUrl: Output<string>;
  /** End of the SQL Server's certificate, `YYYY-MM-DD` (UTC), and whether it was near when last looked at. */
  readonly certificateExpiryDate: Output<string>;
  readonly certificateValidity: Output<Validity>;
  /** The same of the managed instance's certificate on SQL Server, which Azure renews. */
  readonly managedInstanceCertificateExpiryDate: Output<string>;
  readonly managedInstanceCertificateValidity: Output<Validity>;

  constructor(name: string, args: InstancePairingArgs, opts?: ComponentResourceOptions) {
    refuseUnknownArguments("InstancePairing", name, args, known);
    super("mi-link:index:InstancePairing", name, {}, opts);
    const { sqlServer, managedInstanceId } = args;
    const part = partOptions("InstancePairing", this, name, known, notHandedOn, opts);

    const masterKey = new MasterKey(
      `${name}-master-key`,
      { sqlServer, password: args.masterKeyPassword, credential: args.masterKeyCredential, managedInstanceId },
      part("MasterKey"),
    );
    const certificate = new SqlServerCertificate(
      `${name}-certificate`,
      { sqlServer, expiry: args.certificateExpiry, rotateBefore: args.certificateRotateBefore },
      part("SqlServerCertificate", { dependsOn: masterKey }),
    );
    this.trustCertificate = new TrustCertificate(
      `${name}-trust`,
      { managedInstanceId, certificateName: certificate.certificateName, publicKey: certificate.publicKey, sqlServer },
      part("TrustCertificate"),
    );
    const roots = new TrustedRoots(
      `${name}-roots`,
      { sqlServer, managedInstanceId },
      part("TrustedRoots", { dependsOn: masterKey }),
    );
    const managedInstanceCertificate = new ManagedInstanceCertificate(
      `${name}-instance-certificate`,
      // The id comes from the trust's output, not from the argument: only along outputs does the engine ask what a
      // replacement would take along.
      { sqlServer, managedInstanceId: this.trustCertificate.managedInstanceId },
      part("ManagedInstanceCertificate", { dependsOn: roots }),
    );
    const endpoint = new MirroringEndpoint(
      `${name}-endpoint`,
      { sqlServer, certificateName: certificate.certificateName, port: args.port ?? 5022 },
      // A new certificate must be trusted before the endpoint shows it.
      part("MirroringEndpoint", { dependsOn: this.trustCertificate }),
    );

    this.sqlServer = sqlServer;
    this.managedInstanceId = managedInstanceId;
    this.masterKey = masterKey;
    this.certificate = certificate;
    this.managedInstanceCertificate = managedInstanceCertificate;
    this.endpoint = endpoint;
    // The endpoint's own port, which is not the argument where changes of that are ignored.
    this.endpointUrl = output([args.address ?? sqlServer.host, endpoint.port] as const).apply(([address, port]) =>
      endpointUrlOf(address, port),
    );
    this.certificateExpiryDate = certificate.expiryDate;
    this.certificateValidity = certificate.validity;
    this.managedInstanceCertificateExpiryDate = managedInstanceCertificate.expiryDate;
    this.managedInstanceCertificateValidity = managedInstanceCertificate.validity;
    this.registerOutputs({
      endpointUrl: this.endpointUrl,
      certificateExpiryDate: this.certificateExpiryDate,
      certificateValidity: this.certificateValidity,
      managedInstanceCertificateExpiryDate: this.managedInstanceCertificateExpiryDate,
      managedInstanceCertificateValidity: this.managedInstanceCertificateValidity,
    });
  }
}

const known: ArgumentNames<InstancePairingArgs> = {
  sqlServer: true,
  managedInstanceId: true,
  masterKeyPassword: true,
  masterKeyCredential: true,
  address: true,
  port: true,
  certificateExpiry: true,
  certificateRotateBefore: true,
};

const notHandedOn = {
  address:
    'no part of the pairing keeps it, its links do: ignoreChanges: ["pairing.endpointUrl"] on each ManagedInstanceLink',
};
