import type { CustomResourceOptions, ID, Input, Output } from "@pulumi/pulumi";
import { type LifecycleOf, LinkResource, type Unset } from "../link-resource";
import type { SqlServerArgs } from "../sql-server-args";

export interface InstanceLinkArgs {
  /**
   * Resource id of the managed instance (`/subscriptions/.../managedInstances/<name>`, any case). Another instance replaces
   * the link; taken from `TrustCertificate.managedInstanceId`, it does so before the trust is touched.
   */
  readonly managedInstanceId: Input<string>;
  /**
   * Name of the link, which is the name of the distributed availability group on SQL Server. 1 to 128 characters, none
   * of `< > * % & : \ / ? #`. Changing it replaces the link.
   */
  readonly linkName: Input<string>;
  /** The database on SQL Server; the copy has the same name, which must be free on the managed instance. Changing it replaces the link. */
  readonly databaseName: Input<string>;
  /** Availability group on SQL Server, which holds just this database. Changing it replaces the link. */
  readonly partnerAvailabilityGroupName: Input<string>;
  /**
   * `TCP://<address or name>:<port>` of SQL Server's mirroring endpoint, as the managed instance reaches it (a name needs
   * DNS in the instance's network). Azure keeps it for good, so changing it replaces the link, which is refused while the
   * link is connected: it has to be removed before, and is made again after.
   */
  readonly partnerEndpoint: Input<string>;
  /** Availability group on the managed instance, made with the link; each of its links needs another name. Changing it replaces the link. */
  readonly instanceAvailabilityGroupName: Input<string>;
  /**
   * "Manual": meant for failover both ways; "None": one way, to Azure. Azure takes either from every version of SQL Server.
   * What the link can do later follows from the versions: only SQL Server 2022 and later, with an instance of the matching
   * update policy, fail over and back with the link in place; with 2017 and 2019 a failover means deleting the link.
   * Changing it replaces the link. @default "Manual"
   */
  readonly failoverMode?: Input<"Manual" | "None">;
  /**
   * How SQL Server's commits wait for the managed instance. "Sync" needs SYNCHRONOUS_COMMIT in the distributed group too,
   * which has to be declared there; with `sqlServer` the link makes it so as soon as it is connected. A planned failover
   * always leaves "Async". Changed in place. @default "Async"
   */
  readonly replicationMode?: Input<"Async" | "Sync">;
  /**
   * What becomes of the copy when the link is deleted. "Keep": it becomes an independent read-write database. "Delete":
   * it is deleted after the link, and only together with it. That is refused while the managed instance is the primary;
   * and a database whose link is gone already (a cut-over, an interrupted destroy) always stays. Changed in place.
   *
   * It decides about replacements too, as the copy stands in the way of a new link for the same database: with "Delete"
   * link and copy go first; with "Keep" the change is refused before anything is touched. What counts is what the last
   * `up` recorded. @default "Keep"
   */
  readonly databaseOnDelete?: Input<"Keep" | "Delete">;
  /**
   * Minutes that making the link, which spans the copying of the database, may take: 1 to 8640. When they are over, `up`
   * fails, the link goes on in Azure, and the next `up` waits for it again. Changed in place. @default 8640 (6 days, after which Azure gives up itself)
   */
  readonly seedingTimeoutMinutes?: Input<number>;
  /**
   * The SQL Server of the link, where both sides have to be known: nothing in Azure is deleted before it is known that
   * SQL Server can be reached and signed in to, and that it is the primary where the copy is to go. Changed in place.
   * @default SQL Server is not looked at
   */
  readonly sqlServer?: SqlServerArgs;
  /**
   * Takes over a link of that name, whoever is the primary, and leaves it and its copy when the stack goes, whatever
   * `databaseOnDelete` says. One that is still copying is waited for. The replication mode is brought in line, and put back
   * then. Refused, as Azure keeps them for good: another database, group, endpoint or failover mode; and a link that never
   * came to replicate. A database beside no link is never taken over. What is taken over is never replaced. Give `sqlServer`
   * too: only there it shows whether another stack has the link. Counts only when the resource is made. @default false
   */
  readonly adopt?: Input<boolean>;
}

/**
 * The link in Azure: joins the managed instance to the distributed availability group on SQL Server and copies the
 * database (always by automatic seeding). SQL Server is the initial primary; who is primary later is not compared.
 *
 * Creating it lasts as long as the copying, with percentage, rate and time left beside the resource. A link that could
 * not be finished is recorded with its error: the next `up` deletes it and makes it again, `destroy` removes it. Ctrl-C
 * ends the waiting and not the copying: the link is recorded, and the next `up` waits for it again.
 *
 * While the instance is busy with another link, or Azure throttles, it waits; after 15 minutes of nothing but server
 * errors or broken connections it gives up.
 *
 * A link of the name that exists already is refused, with all that differs, or taken over (`adopt`); a database of the name
 * is refused. Another link under the name is never deleted. On delete the link is deleted, before the distributed group
 * (`dependsOn`); that it is gone already is a success. When somebody deleted the link in Azure while its copy is still there, it may have been the cut-over: a refresh says so, and
 * `up` is refused until the link is out of the program, or the copy has another name on the managed instance.
 *
 * `pulumi up --replace` and `--target-replace` ask nobody. By its note on the SQL Server the new record goes on with the
 * very link, and nothing is replaced; without a note (`sqlServer` is not given, or notes are off) it is refused ("exists
 * already") before anything is touched. With the option `deleteBeforeReplace` the link is deleted first: `protect` one that
 * must not go.
 *
 * Source: "Create a link" and "Delete a link" of the link's script pages; REST:
 * Microsoft.Sql/managedInstances/distributedAvailabilityGroups 2023-08-01.
 *
 * Errors:
 * - 41962: the state of the link: the managed instance did not reach SQL Server in time.
 * - 41973: the state of the link: the managed instance does not have SQL Server's certificate.
 * - 41974: the state of the link: SQL Server does not trust the managed instance's certificate.
 * - 41976: the state of the link: a group is missing or named differently.
 * - 41977: the state of the link: the database could not be made on the managed instance.
 * - 41986: the state of the link: SQL Server's endpoint did not answer.
 * - 47521: the state of the link: the group on SQL Server is empty, or its database is not healthy.
 * - 1408: the log was truncated while the database was copied.
 * - 1412: the log was truncated while the database was copied.
 * - ManagedDatabaseNameInUse: the managed instance has a database of that name, beside no link of this name.
 * - InvalidParameterValue: Azure does not take one of the arguments; its message says which.
 * - LinkAlreadyExists: there is a link of that name.
 * - LinkDeleted: somebody deleted the link in Azure, and its copy is still there.
 * - LinkIsLive: the change would replace a link whose copy is kept (`databaseOnDelete: "Keep"`).
 * - LinkIsConnected: the change would move the endpoint of a link that is connected.
 * - InstanceIsPrimary: the copy was to be deleted with the link, and is not known to be the secondary.
 * - LinkNotShown: Azure took the link, and did not show it for two minutes.
 * - OutcomeUnknown: nobody knows whether the link was made: the next `up` looks and goes on.
 * - Outage: Azure was out of order for 15 minutes: the copying goes on, and the next `up` waits for it.
 * - Deadline: `seedingTimeoutMinutes` is over: the copying goes on, and the next `up` waits for it.
 *
 * @example
 * new InstanceLink(
 *   "link",
 *   {
 *     managedInstanceId: trustCertificate.managedInstanceId,
 *     linkName: distributedGroup.groupName,
 *     databaseName: "sales",
 *     partnerAvailabilityGroupName: "AG_sales",
 *     partnerEndpoint: "TCP://10.0.0.4:5022",
 *     instanceAvailabilityGroupName: "AG_sales_MI",
 *     sqlServer,
 *   },
 *   { dependsOn: trustCertificate }, // the managed instance must trust the SQL Server first
 * );
 */
export class InstanceLink extends LinkResource {
  /** The behaviour that the engine runs; not for programs. */
  static readonly lifecycle = (): LifecycleOf<InstanceLink> =>
    (require("./lifecycle") as typeof import("./lifecycle")).instanceLink;

  /**
   * Reads a link that exists, without managing it: neither `up` nor `destroy` changes it, and a missing one fails the run.
   * `id`: `<managed instance>/<linkName>`, which is recorded; the arguments find it.
   */
  static get(
    name: string,
    id: Input<ID>,
    args: Pick<InstanceLinkArgs, "managedInstanceId" | "linkName" | "sqlServer">,
    opts?: CustomResourceOptions,
  ): InstanceLink {
    return new InstanceLink(name, args as InstanceLinkArgs, { ...opts, id });
  }

  declare readonly managedInstanceId: Output<string>;
  declare readonly linkName: Output<string>;
  declare readonly databaseName: Output<string>;
  declare readonly partnerAvailabilityGroupName: Output<string>;
  declare readonly partnerEndpoint: Output<string>;
  declare readonly instanceAvailabilityGroupName: Output<string>;
  declare readonly failoverMode: Output<"Manual" | "None">;
  declare readonly replicationMode: Output<"Async" | "Sync">;
  /** Id of the distributed group, the same on both sides. This and what follows is undefined where Azure does not tell it. */
  declare readonly distributedAvailabilityGroupId: Output<string | undefined>;
  /** Role of the managed instance when it was last looked at: "Secondary", or "Primary" after a failover. */
  declare readonly role: Output<"Primary" | "Secondary" | undefined>;
  /**
   * "CONNECTED" or "DISCONNECTED" when it was last looked at, by a refresh or an `up` that touches the link. Every run
   * warns of one that was disconnected.
   */
  declare readonly connectedState: Output<"CONNECTED" | "DISCONNECTED" | undefined>;
  /** Why it was not connected: the number of an SQL Server error. */
  declare readonly mostRecentLinkError: Output<string | undefined>;
  /** When the copy came to be, ISO 8601: what tells it from another database of the name. */
  declare readonly databaseCreationDate: Output<string | undefined>;
  /**
   * End of the SQL Server's certificate, by which the instance knows it, as Azure shows it of the link
   * (`partnerAuthCertValidity`), ISO 8601. It may be of before a rotation for some minutes.
   */
  declare readonly partnerCertificateExpiryDate: Output<string | undefined>;

  constructor(name: string, args: InstanceLinkArgs, opts?: CustomResourceOptions) {
    super(
      "InstanceLink",
      name,
      args,
      {
        managedInstanceId: undefined,
        linkName: undefined,
        databaseName: undefined,
        partnerAvailabilityGroupName: undefined,
        partnerEndpoint: undefined,
        instanceAvailabilityGroupName: undefined,
        failoverMode: undefined,
        replicationMode: undefined,
        distributedAvailabilityGroupId: undefined,
        role: undefined,
        connectedState: undefined,
        mostRecentLinkError: undefined,
        databaseCreationDate: undefined,
        partnerCertificateExpiryDate: undefined,
      } satisfies Unset<InstanceLink>,
      opts,
    );
  }
}
