import type { CustomResourceOptions, ID, Input, Output } from "@pulumi/pulumi";
import { type LifecycleOf, LinkResource, type Unset } from "../link-resource";
import type { SqlServerArgs } from "../sql-server-args";

export interface MirroringEndpointArgs {
  /** The instance that listens. Another instance is refused. */
  readonly sqlServer: SqlServerArgs;
  /**
   * Certificate of this instance that proves its identity; it holds its private key. Changed in place: before that, every
   * linked instance that a TrustCertificate of any stack has noted on the server must have it: uploads of this stack
   * are waited for up to two minutes. Whoever was connected must connect again within a minute, or the endpoint goes back
   * to the old one and the change fails. Let the endpoint depend on the TrustCertificate of every linked instance.
   */
  readonly certificateName: Input<string>;
  /**
   * Algorithms of the encryption, in the order in which they are tried, as ALGORITHM has them. An endpoint of RC4 alone is
   * taken over only where this says how AES comes beside it, or in its place: partners that speak no AES would be cut
   * off. Changed in place, as a new certificate is. @default "AES" for a new one; one that is taken over keeps what it has
   */
  readonly algorithm?: Input<"AES" | "AES RC4" | "RC4 AES">;
  /**
   * Takes over the endpoint that is there, whatever its name: an instance has one of the type. Name, port, listener
   * address, owner and Windows authentication stay; certificate authentication is added, and what differs is listed.
   * Refused where it would weaken or cut off others: another certificate that partners may know it by, encryption without
   * AES. On delete it is put back as it was found, and stays. Counts only when the resource is made. @default false
   */
  readonly adopt?: Input<boolean>;
  /**
   * Name of the endpoint. Changing it drops the endpoint and makes a new one; refused while somebody is connected over it.
   * @default "database_mirroring_endpoint"; of one that is taken over, its own
   */
  readonly endpointName?: Input<string>;
  /**
   * TCP port, 1024 to 32767, which the managed instance must be able to reach. Changed in place; refused while somebody is
   * connected over the old one, as links keep their address for good: remove them before, and make them again after.
   * @default 5022; of one that is taken over, its own
   */
  readonly port?: Input<number>;
  /** A stopped endpoint refuses all connections. Changed in place; not stopped while somebody is connected. @default "STARTED" */
  readonly state?: Input<"STARTED" | "STOPPED">;
}

/**
 * The instance's one DATABASE_MIRRORING endpoint: role ALL, certificate authentication, encryption required with AES.
 *
 * An endpoint that exists already is refused, with a list of what differs, or taken over (`adopt`). What was changed by
 * hand is found by a refresh and set right by the next `up`: listener, role, authentication, encryption, owner. What the endpoint accepts beyond a link's needs (Windows
 * authentication, RC4, no encryption) is kept, with a warning, while an availability group with another SQL Server or a
 * mirrored database uses it. On delete it is dropped, unless an availability group or mirroring session of the instance
 * uses it: then it is kept, and a warning says for whom.
 *
 * Source: "Secure the database mirroring endpoint" of the link's script page; CREATE ENDPOINT.
 *
 * Errors:
 * - 7862: an endpoint of the type exists.
 * - 7874: another endpoint has the port.
 * - 9692: another process has the port: the endpoint does not listen.
 * - 15151: there is no such certificate.
 * - EndpointInUse: somebody is connected over the endpoint, or uses it, and the change would cut them off.
 * - NotTrusted: a managed instance with links does not have the new certificate yet; the message says whose stack uploads it.
 * - NotConnectedAgain: a partner did not connect again within a minute: the endpoint is as it was before.
 *
 * @example
 * const certificate = new SqlServerCertificate("certificate", { sqlServer });
 *
 * new MirroringEndpoint(
 *   "endpoint",
 *   { sqlServer, certificateName: certificate.certificateName },
 *   { dependsOn: trustCertificate }, // a new certificate must be trusted before the endpoint shows it
 * );
 */
export class MirroringEndpoint extends LinkResource {
  /** The behaviour that the engine runs; not for programs. */
  static readonly lifecycle = (): LifecycleOf<MirroringEndpoint> =>
    (require("./lifecycle") as typeof import("./lifecycle")).mirroringEndpoint;

  /**
   * Reads the endpoint that exists, without managing it: neither `up` nor `destroy` changes it, and a missing one fails the run.
   * `id`: `<@@SERVERNAME>/<endpointName>`, which is recorded; the arguments find it.
   */
  static get(
    name: string,
    id: Input<ID>,
    args: Pick<MirroringEndpointArgs, "sqlServer" | "endpointName">,
    opts?: CustomResourceOptions,
  ): MirroringEndpoint {
    return new MirroringEndpoint(name, args as MirroringEndpointArgs, { ...opts, id });
  }

  declare readonly endpointName: Output<string>;
  declare readonly port: Output<number>;
  declare readonly certificateName: Output<string>;
  declare readonly state: Output<"STARTED" | "STOPPED">;
  /**
   * Login that owns the endpoint: the one that made it; undefined where that login is gone. Another owner is found by a
   * refresh, and set right.
   */
  declare readonly owner: Output<string | undefined>;
  /** What the instance is known by: `<@@SERVERNAME>/<guid of its master database>/<start of its service master key's guid>`. */
  declare readonly instanceId: Output<string>;

  constructor(name: string, args: MirroringEndpointArgs, opts?: CustomResourceOptions) {
    super(
      "MirroringEndpoint",
      name,
      args,
      {
        endpointName: undefined,
        port: undefined,
        certificateName: undefined,
        state: undefined,
        owner: undefined,
        instanceId: undefined,
      } satisfies Unset<MirroringEndpoint>,
      opts,
    );
  }
}
