import {
  all,
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  interpolate,
  type Output,
  output,
  type Resource,
} from "@pulumi/pulumi";
import { AvailabilityGroup } from "../resources/availability-group/resource";
import { DistributedAvailabilityGroup } from "../resources/distributed-availability-group/resource";
import { FullRecoveryDatabase } from "../resources/full-recovery-database/resource";
import { InstanceLink } from "../resources/instance-link/resource";
import type { SqlServerArgs } from "../resources/sql-server-args";
import type { InstancePairing } from "./instance-pairing";
import { type ArgumentNames, refuseWrongArguments } from "./known-arguments";
import { partOptions } from "./part-options";
import {
  isComponent,
  oneByOne,
  type PairingOutputs,
  pairingFacts,
  settingsFrom,
  shownArguments,
} from "./shared-outputs";

export interface ManagedInstanceLinkArgs {
  /**
   * The SQL Server and the managed instance, and the trust between them: an InstancePairing of this program, or its
   * `outputs` from another stack (`new StackReference(...).requireOutput("pairing")`).
   */
  readonly pairing: InstancePairing | Input<PairingOutputs>;
  /** How this program reaches the SQL Server, and as whom. @default as the pairing does; without its `password` from another stack */
  readonly sqlServer?: SqlServerArgs;
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
  /** Failover both ways, or one way to Azure. Changing it replaces the link. See InstanceLink. @default "Manual" */
  readonly failoverMode?: Input<"Manual" | "None">;
  /**
   * How SQL Server's commits wait for the managed instance, on both sides of the link: they become synchronous as soon as
   * it is connected. Changed in place. See InstanceLink. @default "Async"
   */
  readonly replicationMode?: Input<"Async" | "Sync">;
  /** What becomes of the copy on the managed instance when the link is deleted. See InstanceLink. @default "Keep" */
  readonly databaseOnDelete?: Input<"Keep" | "Delete">;
  /** Minutes until seeding that has not ended counts as failed. @default 8640 (six days) */
  readonly seedingTimeoutMinutes?: Input<number>;
  /**
   * Tests, before anything is made, whether a link can take the database to the managed instance, as `mi-link preflight`
   * does: what failed refuses the run, all of it in one message, and of the rest warnings tell. Previews test nothing, and
   * neither does a run in which the link exists: changing it changes nothing then. The servers themselves are tested by `preflight` of the pairing.
   * @default false
   */
  readonly preflight?: boolean;
  /**
   * Takes over groups and link that are there: each part as its own `adopt` says, with the differences listed; what cannot
   * be brought in line is refused. Counts only when a part is made. @default false
   */
  readonly adopt?: Input<boolean>;
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
  /** What both sides say of the connection, in one word. */
  readonly health: Output<LinkHealth>;
  /** Why it was not connected: the error of the link in Azure, and the number of SQL Server's last connection error. */
  readonly mostRecentLinkError: Output<string | undefined>;
  readonly lastConnectErrorNumber: Output<number | undefined>;

  constructor(name: string, args: ManagedInstanceLinkArgs, opts?: ComponentResourceOptions) {
    refuseWrongArguments("ManagedInstanceLink", name, args, known);
    super("mi-link:index:ManagedInstanceLink", name, {}, opts);
    const { replicationMode } = args;
    const pair = pairOf(args);
    const { sqlServer, endpointUrl } = pair;
    const common = { sqlServer, adopt: args.adopt };
    const part = partOptions("ManagedInstanceLink", this, name, known, notHandedOn, opts);

    this.database = new FullRecoveryDatabase(
      `${name}-database`,
      {
        ...common,
        databaseName: args.databaseName,
        backupDisk: args.backupDisk,
        managedInstanceId: pair.managedInstanceId,
        preflight: args.preflight
          ? { linkName: args.linkName, groupName: args.groupName, instanceGroupName: args.instanceGroupName }
          : undefined,
      },
      part("FullRecoveryDatabase", { dependsOn: pair.masterKey }),
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
      { ...common, groupName, databaseName, endpointUrl },
      part("AvailabilityGroup", { dependsOn: [this.database, ...(pair.endpoint ? [pair.endpoint] : [])] }),
    );
    this.distributedGroup = new DistributedAvailabilityGroup(
      `${name}-dag`,
      {
        ...common,
        groupName: linkName,
        localGroupName: this.group.groupName,
        localUrl: endpointUrl,
        managedInstanceGroupName: instanceGroupName,
        managedInstanceFqdn: pair.managedInstanceFqdn,
        availabilityMode: replicationMode && output(replicationMode).apply(commitMode),
      },
      part("DistributedAvailabilityGroup"),
    );
    this.link = new InstanceLink(
      `${name}-link`,
      {
        ...common,
        managedInstanceId: pair.trustedInstanceId,
        linkName: this.distributedGroup.groupName,
        databaseName,
        partnerAvailabilityGroupName: groupName,
        partnerEndpoint: endpointUrl,
        instanceAvailabilityGroupName: instanceGroupName,
        failoverMode: args.failoverMode,
        replicationMode,
        databaseOnDelete: args.databaseOnDelete,
        seedingTimeoutMinutes: args.seedingTimeoutMinutes,
      },
      // The link needs the uploaded certificate; the groups before it did not.
      part("InstanceLink", { dependsOn: pair.trustCertificate }),
    );
    this.role = this.link.role;
    this.connectedState = this.link.connectedState;
    this.health = all([this.link.connectedState, this.distributedGroup.connectedState]).apply(healthOf);
    this.mostRecentLinkError = this.link.mostRecentLinkError;
    this.lastConnectErrorNumber = this.distributedGroup.lastConnectErrorNumber;
    this.registerOutputs({
      ...shownArguments(args),
      role: this.role,
      connectedState: this.connectedState,
      health: this.health,
      mostRecentLinkError: this.mostRecentLinkError,
      lastConnectErrorNumber: this.lastConnectErrorNumber,
    });
  }
}

const notHandedOn = {
  preflight: "it counts only when something is made",
  sqlServer: 'it stands in place of the pairing\'s: name "pairing.sqlServer"',
};

/** What a link needs of its pairing. What another stack has made is there already: nothing waits for it. */
interface Pair {
  readonly sqlServer: SqlServerArgs;
  readonly endpointUrl: Output<string>;
  /** As declared: it is looked at before anything is made. */
  readonly managedInstanceId: Input<string>;
  /** Known when the instance trusts the SQL Server. */
  readonly trustedInstanceId: Output<string>;
  readonly managedInstanceFqdn: Output<string>;
  readonly masterKey?: Resource;
  readonly endpoint?: Resource;
  readonly trustCertificate?: Resource;
}

function pairOf({ pairing, sqlServer }: ManagedInstanceLinkArgs): Pair {
  if (!isComponent(pairing)) {
    const shared = output(pairing);
    const facts = oneByOne(shared, pairingFacts);
    return { ...facts, trustedInstanceId: facts.managedInstanceId, sqlServer: sqlServer ?? settingsFrom(shared) };
  }
  const { endpointUrl, managedInstanceId, managedInstanceFqdn, masterKey, endpoint, trustCertificate } = pairing;
  return {
    sqlServer: sqlServer ?? pairing.sqlServer,
    endpointUrl,
    managedInstanceId,
    trustedInstanceId: trustCertificate.managedInstanceId,
    managedInstanceFqdn,
    masterKey,
    endpoint,
    trustCertificate,
  };
}

const commitMode = (mode: "Async" | "Sync") => (mode === "Sync" ? "SYNCHRONOUS_COMMIT" : "ASYNCHRONOUS_COMMIT");

/** Of a link: connected, not connected on at least one side, or not looked at yet. */
export type LinkHealth = "Healthy" | "NotConnected" | "Unknown";

/** SQL Server's side is not looked at while the link is being made: then Azure's counts alone. */
function healthOf([inAzure, onSqlServer]: readonly (string | undefined)[]): LinkHealth {
  if (inAzure === "DISCONNECTED" || onSqlServer === "DISCONNECTED") return "NotConnected";
  return inAzure === "CONNECTED" ? "Healthy" : "Unknown";
}

const known: ArgumentNames<ManagedInstanceLinkArgs> = {
  pairing: "required",
  sqlServer: "optional",
  failoverMode: "optional",
  replicationMode: "optional",
  databaseName: "required",
  linkName: "optional",
  groupName: "optional",
  instanceGroupName: "optional",
  backupDisk: "optional",
  databaseOnDelete: "optional",
  seedingTimeoutMinutes: "optional",
  preflight: "optional",
  adopt: "optional",
};
