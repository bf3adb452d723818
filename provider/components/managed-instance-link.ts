import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from "@pulumi/pulumi";
import { AvailabilityGroup } from "../resources/availability-group/resource";
import { DistributedAvailabilityGroup } from "../resources/distributed-availability-group/resource";
import { FullRecoveryDatabase } from "../resources/full-recovery-database/resource";
import { InstanceLink } from "../resources/instance-link/resource";
import type { InstancePairing } from "./instance-pairing";
import { type ArgumentNames, refuseUnknownArguments } from "./known-arguments";
import { partOptions } from "./part-options";

export interface ManagedInstanceLinkArgs {
  /** The SQL Server and the managed instance, and the trust between them. */
  readonly pairing: InstancePairing;
  /**
   * The database to replicate. Changing it, or one of the three names, replaces the link: with `databaseOnDelete: "Keep"`
   * that is refused before anything is touched.
   */
  readonly databaseName: Input<string>;
  /** Name of the link in Azure and of the distributed group on SQL Server. @default `DAG_<databaseName>` */
  readonly linkName?: Input<string>;
  /** Availability group on SQL Server. @default `AG_<databaseName>` */
  readonly groupName?: Input<string>;
  /** Availability group on the managed instance. @default `AG_<databaseName>_MI` */
  readonly instanceGroupName?: Input<string>;
  /** File of the full backup that starts the log chain, on the SQL Server. See FullRecoveryDatabase. */
  readonly backupDisk?: Input<string>;
  /** What becomes of the copy on the managed instance when the link is deleted. See InstanceLink. @default "Keep" */
  readonly databaseOnDelete?: Input<"Keep" | "Delete">;
  /** Minutes until seeding that has not ended counts as failed. @default 8640 (six days) */
  readonly seedingTimeoutMinutes?: Input<number>;
}

/**
 * One database kept in sync with a managed instance: full recovery and a backup, the availability group, the
 * distributed availability group over both sides, and the link.
 *
 * Source: the link's script page from "Create an availability group on SQL Server" on.
 */
export class ManagedInstanceLink extends ComponentResource {
  readonly database: FullRecoveryDatabase;
  readonly group: AvailabilityGroup;
  readonly distributedGroup: DistributedAvailabilityGroup;
  readonly link: InstanceLink;
  /** Role of the managed instance when it was last looked at, by a refresh or an `up` that touches the link. */
  readonly role: Output<"Primary" | "Secondary" | undefined>;
  /** Whether the link was connected at that moment. Every run warns of one that was not. */
  readonly connectedState: Output<"CONNECTED" | "DISCONNECTED" | undefined>;
  /** Why it was not connected: the error of the link in Azure, and the number of SQL Server's last connection error. */
  readonly mostRecentLinkError: Output<string | undefined>;
  readonly lastConnectErrorNumber: Output<number | undefined>;

  constructor(name: string, args: ManagedInstanceLinkArgs, opts?: ComponentResourceOptions) {
    refuseUnknownArguments("ManagedInstanceLink", name, args, known);
    super("mi-link:index:ManagedInstanceLink", name, {}, opts);
    const { pairing } = args;
    const { sqlServer, endpointUrl } = pairing;
    const part = partOptions("ManagedInstanceLink", this, name, known, {}, opts);

    this.database = new FullRecoveryDatabase(
      `${name}-database`,
      {
        sqlServer,
        databaseName: args.databaseName,
        backupDisk: args.backupDisk,
        managedInstanceId: pairing.managedInstanceId,
      },
      part("FullRecoveryDatabase", { dependsOn: pairing.masterKey }),
    );
    // The database's own name, which is not the argument where changes of that are ignored.
    const { databaseName } = this.database;
    const groupName = args.groupName ?? interpolate`AG_${databaseName}`;
    const linkName = args.linkName ?? interpolate`DAG_${databaseName}`;
    const instanceGroupName = args.instanceGroupName ?? interpolate`AG_${databaseName}_MI`;
    // Each takes its names from the outputs of the one before: along them the engine asks what a replacement would take
    // along.
    this.group = new AvailabilityGroup(
      `${name}-group`,
      { sqlServer, groupName, databaseName, endpointUrl },
      part("AvailabilityGroup", { dependsOn: [this.database, pairing.endpoint] }),
    );
    this.distributedGroup = new DistributedAvailabilityGroup(
      `${name}-dag`,
      {
        sqlServer,
        groupName: linkName,
        localGroupName: this.group.groupName,
        localUrl: endpointUrl,
        managedInstanceGroupName: instanceGroupName,
        managedInstanceFqdn: pairing.managedInstanceCertificate.fqdn,
      },
      part("DistributedAvailabilityGroup"),
    );
    this.link = new InstanceLink(
      `${name}-link`,
      {
        managedInstanceId: pairing.trustCertificate.managedInstanceId,
        linkName: this.distributedGroup.groupName,
        databaseName,
        partnerAvailabilityGroupName: groupName,
        partnerEndpoint: endpointUrl,
        instanceAvailabilityGroupName: instanceGroupName,
        databaseOnDelete: args.databaseOnDelete,
        seedingTimeoutMinutes: args.seedingTimeoutMinutes,
        sqlServer,
      },
      // The link needs the uploaded certificate; the groups before it did not.
      part("InstanceLink", { dependsOn: pairing.trustCertificate }),
    );
    this.role = this.link.role;
    this.connectedState = this.link.connectedState;
    this.mostRecentLinkError = this.link.mostRecentLinkError;
    this.lastConnectErrorNumber = this.distributedGroup.lastConnectErrorNumber;
    this.registerOutputs({
      role: this.role,
      connectedState: this.connectedState,
      mostRecentLinkError: this.mostRecentLinkError,
      lastConnectErrorNumber: this.lastConnectErrorNumber,
    });
  }
}

const known: ArgumentNames<ManagedInstanceLinkArgs> = {
  pairing: true,
  databaseName: true,
  linkName: true,
  groupName: true,
  instanceGroupName: true,
  backupDisk: true,
  databaseOnDelete: true,
  seedingTimeoutMinutes: true,
};
