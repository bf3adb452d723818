export interface AlterDatabaseSet {
  readonly kind: "alterDatabaseSet";
  /** The database's name; undefined for ALTER DATABASE CURRENT. */
  readonly name?: string;
  /** The option and its value in upper case: RECOVERY and FULL, READ_ONLY and "", HADR and OFF. */
  readonly option: string;
  readonly value: string;
  /** WITH ROLLBACK: other sessions are ended. */
  readonly isRollback?: boolean;
}

/** ALTER DATABASE ... MODIFY NAME. */
export interface RenameDatabase {
  readonly kind: "renameDatabase";
  /** undefined for ALTER DATABASE CURRENT. */
  readonly name?: string;
  readonly newName: string;
}

export interface CreateDatabase {
  readonly kind: "createDatabase";
  readonly name: string;
}

/** CREATE and DROP DATABASE ENCRYPTION KEY, of the session's database. */
export type EncryptionKey =
  | {
      readonly kind: "encryptionKey";
      readonly change: "create";
      readonly algorithm: "AES_128" | "AES_192" | "AES_256" | "TRIPLE_DES_3KEY";
      readonly certificateName: string;
    }
  | { readonly kind: "encryptionKey"; readonly change: "drop" };

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
  /** Options of WITH, upper-case names: COPY_ONLY, INIT, FORMAT, CHECKSUM, COMPRESSION, NAME, STATS ... */
  readonly options: Readonly<Record<string, string>>;
}
