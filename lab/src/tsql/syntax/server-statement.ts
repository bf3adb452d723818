import type { AlterAvailabilityGroup, CreateAvailabilityGroup, DropAvailabilityGroup } from "./availability-group";
import type { AlterCertificate, BackupCertificate, CreateCertificate, DropCertificate } from "./certificate";
import type {
  AlterDatabaseSet,
  BackupDatabase,
  CreateDatabase,
  DropDatabase,
  EncryptionKey,
  RenameDatabase,
} from "./database";
import type { DbccTrace } from "./dbcc";
import type { AlterAuthorization, DropEndpoint, EndpointStatement } from "./endpoint";
import type { PrincipalStatement } from "./principals";
import type { Restore } from "./restore";

/**
 * Statements that change the server itself: the parser makes them, the server model carries them out.
 * Names are unquoted. What the statement did not say is undefined, so that ALTER can leave it alone.
 */
export type ServerStatement =
  | CreateMasterKey
  | DropMasterKey
  | ChangeMasterKey
  | CreateCertificate
  | AlterCertificate
  | DropCertificate
  | BackupCertificate
  | EndpointStatement
  | DropEndpoint
  | AlterAuthorization
  | CreateAvailabilityGroup
  | AlterAvailabilityGroup
  | DropAvailabilityGroup
  | AlterDatabaseSet
  | RenameDatabase
  | CreateDatabase
  | EncryptionKey
  | DropDatabase
  | BackupDatabase
  | PrincipalStatement
  | Restore
  | Kill
  | { readonly kind: "checkpoint" }
  | DbccTrace
  | { readonly kind: "dbccLogSpace" };

export interface CreateMasterKey {
  readonly kind: "createMasterKey";
  readonly password?: string;
}

export interface DropMasterKey {
  readonly kind: "dropMasterKey";
}

export interface ChangeMasterKey {
  readonly kind: "changeMasterKey";
  readonly change: "open" | "close" | "addServiceKey" | "dropServiceKey";
  readonly password?: string;
}

export interface Kill {
  readonly kind: "kill";
  readonly session: number;
}
