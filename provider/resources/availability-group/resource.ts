import type { CustomResourceOptions, ID, Input, Output } from "@pulumi/pulumi";
import { type LifecycleOf, LinkResource, type Unset } from "../link-resource";
import type { SqlServerArgs } from "../sql-server-args";

export interface AvailabilityGroupArgs {
  /** The instance that becomes the group's primary, and only, replica. Another instance is refused. */
  readonly sqlServer: SqlServerArgs;
  /** Name of the group. Changing it replaces the group. */
  readonly groupName: Input<string>;
  /** The one database of the group: in the recovery model FULL and backed up. Changing it replaces the group. */
  readonly databaseName: Input<string>;
  /**
   * `TCP://host:port` of this instance's mirroring endpoint, as the managed instance reaches it. Changed in place; refused
   * while a link over the group is connected, as it keeps its address for good.
   */
  readonly endpointUrl: Input<string>;
  /**
   * Takes over a group of that name, and leaves it when the stack goes. The options of its replica are brought in line in
   * place, and put back then; a database that is missing in it is added, and stays. Refused before anything is touched:
   * other databases, other replicas, a cluster, a contained or basic group, another URL while a link is connected over it.
   * What is taken over is never replaced. Counts only when the resource is made. @default false
   */
  readonly adopt?: Input<boolean>;
}

/**
 * A local availability group without a cluster, with one database: synchronous commit, manual failover, automatic
 * seeding, as the link needs it.
 *
 * A group of that name is refused, with all that differs, or taken over (`adopt`); a database that is in another group is
 * refused. What was changed by hand is found by a
 * refresh and set right by the next `up`. On delete the group is dropped; the database stays online.
 *
 * Source: "Create an availability group on SQL Server" of the link's script page; CREATE AVAILABILITY GROUP.
 *
 * Errors:
 * - 41106: the name is taken.
 * - 35238: there is no such database.
 * - 1465: the database is not in the recovery model FULL.
 * - 1475: the database has no full backup.
 * - 35244: the database is in another group.
 * - 35232: the URL is malformed.
 * - NoEndpoint: the server has no mirroring endpoint, or it is stopped; the message says which.
 * - LinkIsConnected: a link over the group is connected: another URL is refused, and the group is not dropped.
 *
 * @example
 * new AvailabilityGroup("group", { sqlServer, groupName: "AG_sales", databaseName: "sales", endpointUrl: "TCP://10.0.0.4:5022" });
 */
export class AvailabilityGroup extends LinkResource {
  /** The behaviour that the engine runs; not for programs. */
  static readonly lifecycle = (): LifecycleOf<AvailabilityGroup> =>
    (require("./lifecycle") as typeof import("./lifecycle")).availabilityGroup;

  /**
   * Reads a group that exists, without managing it: neither `up` nor `destroy` changes it, and a missing one fails the run.
   * `id`: `<@@SERVERNAME>/<groupName>`, which is recorded; the arguments find it.
   */
  static get(
    name: string,
    id: Input<ID>,
    args: Pick<AvailabilityGroupArgs, "sqlServer" | "groupName">,
    opts?: CustomResourceOptions,
  ): AvailabilityGroup {
    return new AvailabilityGroup(name, args as AvailabilityGroupArgs, { ...opts, id });
  }

  declare readonly groupName: Output<string>;
  declare readonly databaseName: Output<string>;
  declare readonly endpointUrl: Output<string>;
  /** `sys.availability_groups.group_id`. */
  declare readonly groupId: Output<string>;
  /** The instance's `@@SERVERNAME`. */
  declare readonly replicaName: Output<string>;
  /** What the instance is known by: `<@@SERVERNAME>/<guid of its master database>/<start of its service master key's guid>`. */
  declare readonly instanceId: Output<string>;

  constructor(name: string, args: AvailabilityGroupArgs, opts?: CustomResourceOptions) {
    super(
      "AvailabilityGroup",
      name,
      args,
      {
        groupName: undefined,
        databaseName: undefined,
        endpointUrl: undefined,
        groupId: undefined,
        replicaName: undefined,
        instanceId: undefined,
      } satisfies Unset<AvailabilityGroup>,
      opts,
    );
  }
}
