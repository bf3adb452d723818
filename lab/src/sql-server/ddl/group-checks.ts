import type { Session } from "../../tsql/host";
import { SqlError, sqlError } from "../../tsql/messages";
import { sameName } from "../../tsql/values/collation";
import { isManagedInstanceUrl } from "../endpoint-url";
import type { AvailabilityGroup, Database, Instance } from "../model";
import { findByName, nameKey } from "../names";
import { consequence } from "../refusals";
import { isSystemDatabase, type Server } from "../server";

/** The checks that every statement on availability groups begins with. Throws 574, 35208, 35221. */
export function checkGroupStatement({ instance }: Server, statement: string, session: Session): void {
  if (session.transactionCount > 0) throw sqlError(574, statement);
  if (!sameName(session.database, "master")) throw sqlError(35208);
  if (!instance.isHadrEnabled) throw sqlError(35221);
}

/** Runs the part of CREATE AVAILABILITY GROUP that changes something: an error in it is followed by 41152. */
export function creating<T>(group: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqlError) throw consequence(error, 41152, group, error.number);
    throw error;
  }
}

/** Throws where the database cannot be in the group: 35249, 35238, 35280, 35244, 1467, 942, 927, 1488, 1466, 1469, 1465, 1475. */
export function checkDatabase({ instance }: Server, name: string, group: string): Database {
  if (isSystemDatabase(name)) throw sqlError(35249, name);
  const database = findByName(instance.databases, name);
  if (!database) throw sqlError(35238, name, group);
  const current = groupOf(instance, database);
  if (current) throw sqlError(sameName(current.name, group) ? 35280 : 35244, database.name, group);
  if (database.state === "EMERGENCY") throw sqlError(1467, database.name);
  if (database.state !== "ONLINE") throw sqlError(database.state === "OFFLINE" ? 942 : 927, database.name);
  if (database.userAccess === "SINGLE_USER") throw sqlError(1488, database.name);
  if (database.isReadOnly) throw sqlError(1466, database.name);
  if (database.isAutoClose) throw sqlError(1469, database.name);
  if (database.recoveryModel !== "FULL") throw sqlError(1465, database.name);
  if (database.lastLogBackupLsn === undefined) throw sqlError(1475, database.name);
  return database;
}

export function groupOf({ groups }: Instance, database: Database): AvailabilityGroup | undefined {
  const key = nameKey(database.name);
  return [...groups.values()].find(({ databases }) => databases.has(key));
}

/** The distributed groups that a local group is a member of. */
export function distributedGroupsOver({ groups }: Instance, group: string): AvailabilityGroup[] {
  return [...groups.values()].filter(
    ({ isDistributed, replicas }) => isDistributed && replicas.some(({ name }) => sameName(name, group)),
  );
}

/** The distributed groups over a local one whose other member is a managed instance. */
export function linksOver(instance: Instance, group: string): AvailabilityGroup[] {
  return distributedGroupsOver(instance, group).filter(({ replicas }) =>
    replicas.some(({ url }) => isManagedInstanceUrl(url)),
  );
}
