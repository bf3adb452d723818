import type { CustomResourceOptions, ID, Input, Output } from "@pulumi/pulumi";
import { type LifecycleOf, LinkResource, type Unset } from "../link-resource";
import type { SqlServerArgs } from "../sql-server-args";

export interface FullRecoveryDatabaseArgs {
  /** The instance that the database is on. Another instance is refused. */
  readonly sqlServer: SqlServerArgs;
  /** An existing user database. Changing it replaces the resource; neither database is dropped. */
  readonly databaseName: Input<string>;
  /**
   * File of the full backup, as SQL Server's service account sees it; a backup set is appended to a file that exists.
   * Changing it takes no new backup.
   * @default `<databaseName>_mi-link.bak` in the instance's backup directory; with a hash of the name before `_mi-link`
   * where the name has capital letters, or characters that not every file system takes
   */
  readonly backupDisk?: Input<string>;
  /**
   * Resource id of the managed instance that a link will lead to. It is looked at before anything is made, so that
   * missing credentials of Azure, or an instance that is missing or stopped, leave nothing behind. Changing it changes nothing.
   */
  readonly managedInstanceId?: Input<string>;
  /**
   * Tests, before anything is made, whether a link can take the database to the managed instance, as `mi-link preflight`
   * does: what failed refuses the creation, all of it in one message, and of the rest warnings tell. The names are those that
   * the link and its groups are to have. It counts only when the resource is made: changing it changes nothing.
   * @default none: nothing is tested
   */
  readonly preflight?: Input<{
    /** Name of the link, and of the distributed availability group. @default `DAG_<databaseName>` */
    readonly linkName?: Input<string>;
    /** Availability group on SQL Server. @default `AG_<databaseName>` */
    readonly groupName?: Input<string>;
    /** Availability group on the managed instance. @default `AG_<databaseName>_MI` */
    readonly instanceGroupName?: Input<string>;
  }>;
  /** For all resources of a program alike: the database is there in any case, and stays. Changing it changes nothing. @default false */
  readonly adopt?: Input<boolean>;
}

/**
 * A database that a link can replicate: recovery model FULL, and an unbroken chain of log backups, which begins with a
 * full backup that is not copy-only. What is in order is left alone: no backup is taken where there is a chain.
 *
 * A refresh notices when the model was changed or the chain is broken, and the next `up` repairs it. On delete the
 * database stays as it is, and so do the backup files.
 *
 * Source: "Set up database recovery and backup" of the link's script page; sys.database_recovery_status.
 * Errors: 911 no such database, 3201 the backup file can't be written, 3013 the backup failed.
 */
export class FullRecoveryDatabase extends LinkResource {
  /** The behaviour that the engine runs; not for programs. */
  static readonly lifecycle = (): LifecycleOf<FullRecoveryDatabase> =>
    (require("./lifecycle") as typeof import("./lifecycle")).fullRecoveryDatabase;

  /**
   * Reads a database that exists, without managing it: neither `up` nor `destroy` changes it, and a missing one fails the run.
   * `id`: `<@@SERVERNAME>/<databaseName>`, which is recorded; the arguments find it.
   */
  static get(
    name: string,
    id: Input<ID>,
    args: Pick<FullRecoveryDatabaseArgs, "sqlServer" | "databaseName">,
    opts?: CustomResourceOptions,
  ): FullRecoveryDatabase {
    return new FullRecoveryDatabase(name, args as FullRecoveryDatabaseArgs, { ...opts, id });
  }

  declare readonly databaseName: Output<string>;
  /** File of the last backup taken here, if one was needed. */
  declare readonly backupDisk: Output<string | undefined>;
  /** `FULL`. */
  declare readonly recoveryModel: Output<string>;
  /** What the instance is known by: `<@@SERVERNAME>/<guid of its master database>/<start of its service master key's guid>`. */
  declare readonly instanceId: Output<string>;

  constructor(name: string, args: FullRecoveryDatabaseArgs, opts?: CustomResourceOptions) {
    super(
      "FullRecoveryDatabase",
      name,
      args,
      {
        databaseName: undefined,
        backupDisk: undefined,
        recoveryModel: undefined,
        instanceId: undefined,
      } satisfies Unset<FullRecoveryDatabase>,
      opts,
    );
  }
}
