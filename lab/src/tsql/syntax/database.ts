export interface AlterDatabaseSet {
  readonly kind: "alterDatabaseSet";
  /** undefined for ALTER DATABASE CURRENT. */
  readonly name?: string;
  /** RECOVERY -> FULL, READ_ONLY -> "", AUTO_CLOSE -> ON, HADR -> OFF, ... upper case. */
  readonly option: string;
  readonly value: string;
  /** WITH ROLLBACK: other sessions are ended. */
  readonly isRollback?: boolean;
}

export interface CreateDatabase {
  readonly kind: "createDatabase";
  readonly name: string;
}

export interface DropDatabase {
  readonly kind: "dropDatabase";
  readonly names: readonly string[];
  readonly ifExists: boolean;
}

export interface BackupDatabase {
  readonly kind: "backupDatabase";
  readonly log: boolean;
  readonly name: string;
  readonly disks: readonly string[];
  /** WITH options, upper-case names: COPY_ONLY, INIT, FORMAT, CHECKSUM, COMPRESSION, NAME, STATS ... */
  readonly options: Readonly<Record<string, string>>;
}
