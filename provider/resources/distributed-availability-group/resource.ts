import type { CustomResourceOptions, ID, Input, Output } from "@pulumi/pulumi";
import { type LifecycleOf, LinkResource, type Unset } from "../link-resource";
import type { SqlServerArgs } from "../sql-server-args";

export interface DistributedAvailabilityGroupArgs {
  /** The instance that the local group is on. Another instance is refused. */
  readonly sqlServer: SqlServerArgs;
  /** Name of the distributed group, which the link in Azure must have too. Changing it replaces the group. */
  readonly groupName: Input<string>;
  /** The local availability group, with one database. Changing it replaces the distributed group. */
  readonly localGroupName: Input<string>;
  /**
   * `TCP://host:port` of this instance's mirroring endpoint, as the managed instance reaches it. Changed in place; refused
   * while the link is connected, as it keeps its address for good.
   */
  readonly localUrl: Input<string>;
  /** Group on the managed instance, unique there; Azure makes it with the link. Changing it replaces the distributed group. */
  readonly managedInstanceGroupName: Input<string>;
  /** Host name of the managed instance, `mi1.<dnsZone>.database.windows.net`. Changed in place, unless the link is connected. */
  readonly managedInstanceFqdn: Input<string>;
  /** Short name of the managed instance. Changed in place. @default the first label of `managedInstanceFqdn` */
  readonly managedInstanceName?: Input<string>;
  /**
   * How both sides commit. Changed in place. A link begins asynchronously (47501), so the group is made so too; an
   * InstanceLink with `sqlServer` and `replicationMode: "Sync"` makes both sides synchronous as soon as it is connected,
   * without them the next refresh and `up` do. @default "ASYNCHRONOUS_COMMIT"
   */
  readonly availabilityMode?: Input<"ASYNCHRONOUS_COMMIT" | "SYNCHRONOUS_COMMIT">;
  /**
   * Takes over a distributed group of that name, and leaves it when the stack goes. The options of its members are brought
   * in line in place, and put back then. Refused before anything is touched: other members, another URL while the link is
   * connected, a missing certificate of the managed instance. What is taken over is never replaced. Counts only when the
   * resource is made. @default false
   */
  readonly adopt?: Input<boolean>;
}

/**
 * The distributed availability group over the local group and the one on the managed instance: manual failover,
 * automatic seeding, a session timeout of 20 seconds on this side. It connects when the link is made in Azure.
 *
 * A group of that name is refused. What was changed by hand is found by a refresh and set right by the next `up`. On
 * delete it is dropped, which is refused while it is connected to a link; the local group and its database stay.
 *
 * Source: "Create an availability group on SQL Server" of the link's script page; CREATE AVAILABILITY GROUP ... WITH
 * (DISTRIBUTED).
 *
 * Errors:
 * - 19501: there is no such local group.
 * - 19502: a group of that name exists already.
 * - 19507: another distributed group is on the same two groups.
 * - 19509: a group of that name exists already.
 * - 19499: a URL is malformed, or the build of SQL Server does not know it.
 * - 47502: the local group has more than one database.
 * - 47519: the local group has no database.
 * - 41974: one that is taken over: the certificate of the managed instance is missing.
 * - LinkIsConnected: the link is connected: another URL is refused, and the group is not dropped.
 *
 * @example
 * const group = new AvailabilityGroup("group", { sqlServer, groupName: "AG_sales", databaseName: "sales", endpointUrl });
 *
 * new DistributedAvailabilityGroup("distributed-group", {
 *   sqlServer,
 *   groupName: "DAG_sales",
 *   localGroupName: group.groupName,
 *   localUrl: endpointUrl,
 *   managedInstanceGroupName: "AG_sales_MI",
 *   managedInstanceFqdn: "mi1.9c5b84897ce1.database.windows.net",
 * });
 */
export class DistributedAvailabilityGroup extends LinkResource {
  /** The behaviour that the engine runs; not for programs. */
  static readonly lifecycle = (): LifecycleOf<DistributedAvailabilityGroup> =>
    (require("./lifecycle") as typeof import("./lifecycle")).distributedAvailabilityGroup;

  /**
   * Reads a group that exists, without managing it: neither `up` nor `destroy` changes it, and a missing one fails the run.
   * `id`: `<@@SERVERNAME>/<groupName>`, which is recorded; the arguments find it.
   */
  static get(
    name: string,
    id: Input<ID>,
    args: Pick<DistributedAvailabilityGroupArgs, "sqlServer" | "groupName">,
    opts?: CustomResourceOptions,
  ): DistributedAvailabilityGroup {
    return new DistributedAvailabilityGroup(name, args as DistributedAvailabilityGroupArgs, { ...opts, id });
  }

  declare readonly groupName: Output<string>;
  declare readonly localGroupName: Output<string>;
  declare readonly localUrl: Output<string>;
  declare readonly managedInstanceGroupName: Output<string>;
  declare readonly managedInstanceFqdn: Output<string>;
  declare readonly availabilityMode: Output<"ASYNCHRONOUS_COMMIT" | "SYNCHRONOUS_COMMIT">;
  /** `sys.availability_groups.group_id`. */
  declare readonly groupId: Output<string>;
  /**
   * "CONNECTED" or "DISCONNECTED": SQL Server's side of the link when it was last looked at, by a refresh or an update.
   * undefined before that. Every run warns of one that was disconnected.
   */
  declare readonly connectedState: Output<"CONNECTED" | "DISCONNECTED" | undefined>;
  /** Why it was not connected: `last_connect_error_number` of `sys.dm_hadr_availability_replica_states`. */
  declare readonly lastConnectErrorNumber: Output<number | undefined>;
  /** `last_connect_error_description` of a failed handshake (1474): it has the reason. */
  declare readonly lastConnectErrorDescription: Output<string | undefined>;
  /** What the instance is known by: `<@@SERVERNAME>/<guid of its master database>/<start of its service master key's guid>`. */
  declare readonly instanceId: Output<string>;

  constructor(name: string, args: DistributedAvailabilityGroupArgs, opts?: CustomResourceOptions) {
    super(
      "DistributedAvailabilityGroup",
      name,
      args,
      {
        groupName: undefined,
        localGroupName: undefined,
        localUrl: undefined,
        managedInstanceGroupName: undefined,
        managedInstanceFqdn: undefined,
        availabilityMode: undefined,
        groupId: undefined,
        connectedState: undefined,
        lastConnectErrorNumber: undefined,
        lastConnectErrorDescription: undefined,
        instanceId: undefined,
      } satisfies Unset<DistributedAvailabilityGroup>,
      opts,
    );
  }
}
