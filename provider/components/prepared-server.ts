import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from "@pulumi/pulumi";
import type { MasterKey } from "../resources/master-key/resource";
import type { MirroringEndpoint } from "../resources/mirroring-endpoint/resource";
import type { SqlServerArgs } from "../resources/sql-server-args";
import type { SqlServerCertificate } from "../resources/sql-server-certificate/resource";
import type { TrustedRoots } from "../resources/trusted-roots/resource";
import type { Validity } from "../sql-server/validity";
import { type ArgumentNames, refuseWrongArguments } from "./known-arguments";
import { partOptions } from "./part-options";
import {
  factsOf,
  keptFromParts,
  makeEndpoint,
  makeIdentity,
  publicUrlOf,
  type ServerArgs,
  serverArguments,
} from "./server-parts";
import { type ServerFacts, type ServerOutputs, shownArguments, withoutPassword } from "./shared-outputs";

export interface PreparedServerArgs extends ServerArgs {
  /**
   * Resource id of one of the managed instances: it is looked at before anything is made, so that missing credentials of
   * Azure leave nothing behind, and its cloud gives `dnsPattern`. Changing it changes nothing.
   */
  readonly managedInstanceId?: Input<string>;
}

/**
 * What a SQL Server has once, for links to several managed instances: the master key, its certificate, the trusted roots
 * and the mirroring endpoint. An InstancePairing for each managed instance takes it as `server`. With one managed instance
 * the InstancePairing makes all that itself.
 *
 * A PreparedServer of the name of such an InstancePairing, with its `managedInstanceId`, takes its parts over as they are;
 * and the other way round.
 *
 * A new certificate must be trusted before the endpoint shows it: it waits for the managed instances of all pairings.
 *
 * Source: "Establish trust between instances" and "Secure the database mirroring endpoint" of the link's script page.
 */
export class PreparedServer extends ComponentResource {
  readonly sqlServer: SqlServerArgs;
  /** Made first, and everything else waits for it: a missing password shows before anything is made. */
  readonly masterKey: MasterKey;
  readonly certificate: SqlServerCertificate;
  readonly roots: TrustedRoots;
  readonly endpoint: MirroringEndpoint;
  /** `TCP://<address>:<port>`: where managed instances find the SQL Server. */
  readonly endpointUrl: Output<string>;
  readonly endpointName: Output<string>;
  /** When it was last looked at. */
  readonly endpointState: Output<"STARTED" | "STOPPED">;
  readonly certificateName: Output<string>;
  /** The certificate without its private key: DER, hexadecimal. */
  readonly publicKey: Output<string>;
  /** SHA-1 of the DER, upper-case hexadecimal. */
  readonly certificateThumbprint: Output<string>;
  /** End of the certificate, `YYYY-MM-DD` (UTC), and whether it was near when last looked at. */
  readonly certificateExpiryDate: Output<string>;
  readonly certificateValidity: Output<Validity>;
  /** What its pairings take from it. */
  readonly facts: ServerFacts;
  /**
   * For an InstancePairing in another stack: `export const server = prepared.outputs`. No password is in it. They do not wait
   * for the endpoint, which in a rotation waits for what the other stack does with them. So a change of `address` or port
   * that fails here shows there until it is taken back: links refuse it, and are not touched. With `adopt` give `port`, too:
   * a port that is taken from the endpoint makes them wait for it.
   */
  readonly outputs: Output<ServerOutputs>;

  constructor(name: string, args: PreparedServerArgs, opts?: ComponentResourceOptions) {
    refuseWrongArguments("PreparedServer", name, args, known);
    super("mi-link:index:PreparedServer", name, {}, opts);
    const part = partOptions("PreparedServer", this, name, known, keptFromParts, opts);
    const identity = makeIdentity(name, args, args.managedInstanceId, this, part);
    const own = factsOf(identity);
    this.endpoint = makeEndpoint(name, args, own.certificateName, this, part);
    const facts = { ...own, endpointUrl: publicUrlOf(args, this.endpoint, opts) };
    this.sqlServer = args.sqlServer;
    this.masterKey = identity.masterKey;
    this.certificate = identity.certificate;
    this.roots = identity.roots;
    this.endpointUrl = facts.endpointUrl;
    this.endpointName = this.endpoint.endpointName;
    this.endpointState = this.endpoint.state;
    this.certificateName = facts.certificateName;
    this.publicKey = facts.publicKey;
    this.certificateThumbprint = facts.certificateThumbprint;
    this.certificateExpiryDate = facts.certificateExpiryDate;
    this.certificateValidity = facts.certificateValidity;
    this.facts = facts;
    this.outputs = output({ ...facts, sqlServer: withoutPassword(args.sqlServer) });
    this.registerOutputs({
      ...shownArguments(args),
      endpointUrl: this.endpointUrl,
      endpointName: this.endpointName,
      endpointState: this.endpointState,
      certificateName: this.certificateName,
      certificateThumbprint: this.certificateThumbprint,
      certificateExpiryDate: this.certificateExpiryDate,
      certificateValidity: this.certificateValidity,
    });
  }
}

const known: ArgumentNames<PreparedServerArgs> = { ...serverArguments, managedInstanceId: "optional" };
