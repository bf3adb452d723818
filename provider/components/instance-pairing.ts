import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import { ManagedInstanceCertificate } from "../resources/managed-instance-certificate/resource";
import type { MasterKey } from "../resources/master-key/resource";
import type { MirroringEndpoint } from "../resources/mirroring-endpoint/resource";
import type { SqlServerArgs } from "../resources/sql-server-args";
import type { SqlServerCertificate } from "../resources/sql-server-certificate/resource";
import { TrustCertificate } from "../resources/trust-certificate/resource";
import type { TrustedRoots } from "../resources/trusted-roots/resource";
import type { Validity } from "../sql-server/validity";
import { type ArgumentNames, refuseWrongArguments } from "./known-arguments";
import { partOptions } from "./part-options";
import type { PreparedServer } from "./prepared-server";
import {
  factsOf,
  keptFromParts,
  makeEndpoint,
  makeIdentity,
  publicUrlOf,
  type ServerArgs,
  type ServerIdentity,
  serverArguments,
} from "./server-parts";
import {
  isComponent,
  oneByOne,
  type PairingOutputs,
  type ServerFacts,
  type ServerOutputs,
  serverFacts,
  settingsFrom,
  shownArguments,
  withoutPassword,
} from "./shared-outputs";

interface PairArgs {
  /**
   * Azure resource id of the managed instance. Another one replaces the trust between the two, and with it the links,
   * which is refused before anything is touched while their copies would stay (`databaseOnDelete: "Keep"`).
   */
  readonly managedInstanceId: Input<string>;
}

/** One SQL Server and one managed instance: the pairing makes what the SQL Server needs, too. */
export interface WholePairingArgs extends PairArgs, ServerArgs {
  readonly server?: undefined;
}

/** One of several managed instances of a SQL Server. */
export interface SharedPairingArgs extends PairArgs {
  /**
   * The SQL Server, which other pairings share: a PreparedServer of this program, or its `outputs` from another stack
   * (`new StackReference(...).requireOutput("server")`).
   */
  readonly server: PreparedServer | Input<ServerOutputs>;
  /** How this program reaches that SQL Server, and as whom. @default as the PreparedServer does; without its `password` from another stack */
  readonly sqlServer?: SqlServerArgs;
  /**
   * Tests, before anything is made, what links need of both sides, as `mi-link preflight` does: what failed refuses the run,
   * all of it in one message, and of the rest warnings tell. Previews test nothing, and neither does a run that makes nothing
   * new: changing it changes nothing. @default false
   */
  readonly preflight?: boolean;
  /** Takes over what is there on both sides. See `adopt` of TrustCertificate and ManagedInstanceCertificate. @default false */
  readonly adopt?: Input<boolean>;
}

export type InstancePairingArgs = WholePairingArgs | SharedPairingArgs;

/**
 * The trust between one SQL Server and one managed instance, and the endpoint they talk over. Any number of
 * ManagedInstanceLinks share it. Where the SQL Server has several managed instances, each has a pairing, and all of them
 * share a PreparedServer.
 *
 * Source: "Establish trust between instances" and "Secure the database mirroring endpoint" of the link's script page.
 */
export class InstancePairing extends ComponentResource {
  readonly sqlServer: SqlServerArgs;
  readonly managedInstanceId: Input<string>;
  readonly managedInstanceCertificate: ManagedInstanceCertificate;
  readonly trustCertificate: TrustCertificate;
  /**
   * Made first, and everything else waits for it: a missing password or sign-in to Azure shows before anything is made.
   * This and the other parts of the SQL Server are undefined where `server` comes from another stack.
   */
  readonly masterKey: MasterKey | undefined;
  readonly certificate: SqlServerCertificate | undefined;
  readonly roots: TrustedRoots | undefined;
  readonly endpoint: MirroringEndpoint | undefined;
  /** `TCP://<address>:<port>`: where the managed instance finds the SQL Server. */
  readonly endpointUrl: Output<string>;
  /** Name and state of the endpoint when last looked at; undefined where `server` comes from another stack. */
  readonly endpointName: Output<string> | undefined;
  readonly endpointState: Output<"STARTED" | "STOPPED"> | undefined;
  /** The SQL Server's certificate, on both sides. */
  readonly certificateName: Output<string>;
  /** SHA-1 of the DER, upper-case hexadecimal. */
  readonly certificateThumbprint: Output<string>;
  /** End of the SQL Server's certificate, `YYYY-MM-DD` (UTC), and whether it was near when last looked at. */
  readonly certificateExpiryDate: Output<string>;
  readonly certificateValidity: Output<Validity>;
  /** Host name of the managed instance, and name of its certificate on SQL Server. */
  readonly managedInstanceFqdn: Output<string>;
  /** The same of the managed instance's certificate on SQL Server, which Azure renews. */
  readonly managedInstanceCertificateThumbprint: Output<string>;
  readonly managedInstanceCertificateExpiryDate: Output<string>;
  readonly managedInstanceCertificateValidity: Output<Validity>;
  /** For a ManagedInstanceLink in another stack: `export const pairing = thePairing.outputs`. No password is in it. */
  readonly outputs: Output<PairingOutputs>;

  constructor(name: string, args: InstancePairingArgs, opts?: ComponentResourceOptions) {
    if (args.server === undefined) refuseWrongArguments("InstancePairing", name, args, wholeArguments);
    else refuseWrongArguments("InstancePairing", name, args, sharedArguments, ofServer);
    super("mi-link:index:InstancePairing", name, {}, opts);
    const { managedInstanceId } = args;
    const part = partOptions("InstancePairing", this, name, knownArguments, notHandedOn, opts);
    const server = serverOf(args, (own) => makeIdentity(name, own, managedInstanceId, this, part));
    const { sqlServer } = server;
    const common = { sqlServer, adopt: args.adopt };

    const trustCertificate = new TrustCertificate(
      `${name}-trust`,
      {
        ...common,
        managedInstanceId,
        certificateName: server.certificateName,
        publicKey: server.publicKey,
        // Where the pairing makes the server's parts, the first of them tests both sides.
        preflight: args.preflight && args.server !== undefined ? {} : undefined,
      },
      part("TrustCertificate"),
    );
    const managedInstanceCertificate = new ManagedInstanceCertificate(
      `${name}-instance-certificate`,
      // The id comes from the trust's output, not from the argument: only along outputs does the engine ask what a
      // replacement would take along.
      { ...common, managedInstanceId: trustCertificate.managedInstanceId },
      part("ManagedInstanceCertificate", { dependsOn: server.roots }),
    );
    if ("own" in server) {
      // A new certificate must be trusted before the endpoint shows it.
      const made = makeEndpoint(name, server.own, server.certificateName, this, part, trustCertificate);
      this.endpoint = made;
      this.endpointUrl = publicUrlOf(server.own, made, opts);
    } else {
      this.endpoint = server.endpoint;
      this.endpointUrl = server.endpointUrl;
    }
    this.sqlServer = sqlServer;
    this.managedInstanceId = managedInstanceId;
    this.masterKey = server.masterKey;
    this.certificate = server.certificate;
    this.roots = server.roots;
    this.trustCertificate = trustCertificate;
    this.managedInstanceCertificate = managedInstanceCertificate;
    this.endpointName = this.endpoint?.endpointName;
    this.endpointState = this.endpoint?.state;
    this.certificateName = server.certificateName;
    this.certificateThumbprint = server.certificateThumbprint;
    this.certificateExpiryDate = server.certificateExpiryDate;
    this.certificateValidity = server.certificateValidity;
    this.managedInstanceFqdn = managedInstanceCertificate.fqdn;
    this.managedInstanceCertificateThumbprint = managedInstanceCertificate.thumbprint;
    this.managedInstanceCertificateExpiryDate = managedInstanceCertificate.expiryDate;
    this.managedInstanceCertificateValidity = managedInstanceCertificate.validity;
    this.outputs = output({
      sqlServer: withoutPassword(sqlServer),
      endpointUrl: this.endpointUrl,
      managedInstanceId: trustCertificate.managedInstanceId,
      managedInstanceFqdn: this.managedInstanceFqdn,
    });
    this.registerOutputs({
      ...shownArguments(args),
      endpointUrl: this.endpointUrl,
      endpointName: this.endpointName,
      endpointState: this.endpointState,
      certificateName: this.certificateName,
      certificateThumbprint: this.certificateThumbprint,
      certificateExpiryDate: this.certificateExpiryDate,
      certificateValidity: this.certificateValidity,
      managedInstanceFqdn: this.managedInstanceFqdn,
      managedInstanceCertificateThumbprint: this.managedInstanceCertificateThumbprint,
      managedInstanceCertificateExpiryDate: this.managedInstanceCertificateExpiryDate,
      managedInstanceCertificateValidity: this.managedInstanceCertificateValidity,
    });
  }
}

interface GivenServer extends ServerFacts, Partial<ServerIdentity> {
  readonly sqlServer: SqlServerArgs;
  readonly endpoint?: MirroringEndpoint;
}

/** One that is made here: the endpoint comes later, and with it the URL. */
interface OwnServer extends Omit<ServerFacts, "endpointUrl">, ServerIdentity {
  readonly sqlServer: SqlServerArgs;
  readonly own: ServerArgs;
}

/** The SQL Server that is given; or the one that is made here, but for its endpoint. */
function serverOf(args: InstancePairingArgs, make: (own: ServerArgs) => ServerIdentity): GivenServer | OwnServer {
  if (args.server === undefined) {
    const made = make(args);
    return { ...made, ...factsOf(made), sqlServer: args.sqlServer, own: args };
  }
  const { server, sqlServer } = args;
  if (!isComponent(server)) {
    const shared = output(server);
    return { ...oneByOne(shared, serverFacts), sqlServer: sqlServer ?? settingsFrom(shared) };
  }
  const { masterKey, certificate, roots, endpoint } = server;
  return { ...server.facts, masterKey, certificate, roots, endpoint, sqlServer: sqlServer ?? server.sqlServer };
}

const sharedArguments: ArgumentNames<SharedPairingArgs> = {
  server: "required",
  sqlServer: "optional",
  managedInstanceId: "required",
  preflight: "optional",
  adopt: "optional",
};
const wholeArguments: ArgumentNames<WholePairingArgs> = {
  ...serverArguments,
  server: "optional",
  managedInstanceId: "required",
};
const ofServer = Object.fromEntries(Object.keys(serverArguments).map((name) => [name, "PreparedServer"]));
const knownArguments = { ...wholeArguments, ...sharedArguments };

const notHandedOn = {
  ...keptFromParts,
  server: "it is a component of its own, which takes options itself",
};
