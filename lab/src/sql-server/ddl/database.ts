import type { Session } from "../../tsql/host";
import { SqlError, sqlError } from "../../tsql/messages";
import { notSpoken } from "../../tsql/not-spoken";
import type { AlterDatabaseSet, CreateDatabase, DropDatabase, RenameDatabase } from "../../tsql/syntax/database";
import { isOwner } from "../database-permissions";
import { addDatabase } from "../instance";
import type { Database } from "../model";
import { checkIdentifier, findByName, nameKey } from "../names";
import { hasPermission } from "../permissions";
import { consequence } from "../refusals";
import { isSystemDatabase, type Server } from "../server";
import { leave } from "./create-group";
import { setAccess, setCompatibilityLevel, switches } from "./database-options";
import { setEncryption } from "./encryption";
import { groupOf } from "./group-checks";

export function createDatabase(server: Server, { name }: CreateDatabase, session: Session): void {
  refuseInTransaction("CREATE DATABASE", session);
  checkIdentifier(name);
  if (!hasPermission(server, session, "CREATE ANY DATABASE")) throw sqlError(262, "CREATE DATABASE", "master");
  if (findByName(server.instance.databases, name)) throw sqlError(1801, name);
  if (server.network.isHeldByLink(server.instance)) throw sqlError(41964, "CREATE DATABASE");
  addDatabase(server.instance, { name }, server.clock.now());
}

export function dropDatabase(server: Server, { names, ifExists }: DropDatabase, session: Session): void {
  refuseInTransaction("DROP DATABASE", session);
  for (const name of names) {
    const database = findByName(server.instance.databases, name);
    if (!database && ifExists) continue;
    if (!database || !mayAlter(server, session, database)) throw sqlError(3701, "drop", "database", name);
    if (isSystemDatabase(name)) throw sqlError(3708, "drop", "database", name, "database");
    if (database.groupDatabaseId) throw sqlError(3752, database.name);
    server.instance.databases.delete(nameKey(name));
  }
}

export function alterDatabase(server: Server, statement: AlterDatabaseSet, session: Session): void {
  const name = statement.name ?? session.database;
  refuseInTransaction("ALTER DATABASE", session);
  const database = findByName(server.instance.databases, name);
  if (!database || !mayAlter(server, session, database)) throw failed(sqlError(5011, name));
  const column = Object.hasOwn(switches, statement.option) ? switches[statement.option] : undefined;
  if (column) {
    if (statement.value !== "ON" && statement.value !== "OFF") throw sqlError(102, statement.value);
    database.options.set(column, Number(statement.value === "ON"));
    return;
  }
  if (accessOptions.has(statement.option)) {
    if (isSystemDatabase(database.name)) throw failed(sqlError(5058, statement.option, database.name));
    if (!["MULTI_USER", "ONLINE"].includes(statement.option)) refuseInGroup(database);
    return withFailure(() => setAccess(server, database, statement, session));
  }
  const set = setters[statement.option];
  if (!set) throw notSpoken(`ALTER DATABASE ... SET ${statement.option}`);
  set(server, database, statement.value);
}

/** Renames a database. The engine wants it for itself (5030); here its sessions go on. */
export function renameDatabase(server: Server, { name, newName }: RenameDatabase, session: Session): void {
  refuseInTransaction("ALTER DATABASE", session);
  checkIdentifier(newName);
  const { databases } = server.instance;
  const database = findByName(databases, name ?? session.database);
  if (!database || !mayAlter(server, session, database)) throw sqlError(5011, name ?? session.database);
  if (isSystemDatabase(database.name)) throw sqlError(5058, "MODIFY NAME", database.name);
  refuseInGroup(database);
  if (nameKey(newName) !== nameKey(database.name) && findByName(databases, newName)) throw sqlError(1801, newName);
  databases.delete(nameKey(database.name));
  database.name = newName;
  databases.set(nameKey(newName), database);
}

/** Whoever has ALTER ANY DATABASE or owns this one may alter it. */
function mayAlter(server: Server, session: Session, database: Database): boolean {
  return hasPermission(server, session, "ALTER ANY DATABASE") || isOwner(server, session, database);
}

const accessOptions = new Set(["SINGLE_USER", "MULTI_USER", "RESTRICTED_USER", "ONLINE", "OFFLINE", "EMERGENCY"]);

function withFailure(work: () => void): void {
  try {
    work();
  } catch (error) {
    throw error instanceof SqlError ? failed(error) : error;
  }
}

type Setter = (server: Server, database: Database, value: string) => void;

const setters: Readonly<Record<string, Setter>> = {
  RECOVERY: setRecoveryModel,
  READ_ONLY: (_, database) => setReadOnly(database, true),
  READ_WRITE: (_, database) => setReadOnly(database, false),
  AUTO_CLOSE: (_, database, value) => {
    refuseInGroup(database);
    database.isAutoClose = value === "ON";
  },
  COMPATIBILITY_LEVEL: setCompatibilityLevel,
  ENCRYPTION: setEncryption,
  HADR: setHadr,
};

/** Sets the recovery model: SIMPLE ends the log chain, which begins again with the next full backup. */
function setRecoveryModel(_: Server, database: Database, value: string): void {
  if (value !== "FULL" && value !== "BULK_LOGGED" && value !== "SIMPLE") throw sqlError(102, value);
  if (nameKey(database.name) === "tempdb") throw failed(sqlError(5058, "RECOVERY", database.name));
  if (value === database.recoveryModel) return;
  refuseInGroup(database);
  database.recoveryModel = value;
  if (value === "SIMPLE") database.lastLogBackupLsn = undefined;
}

function setReadOnly(database: Database, isReadOnly: boolean): void {
  if (isSystemDatabase(database.name))
    throw failed(sqlError(5058, isReadOnly ? "READ_ONLY" : "READ_WRITE", database.name));
  refuseInGroup(database);
  database.isReadOnly = isReadOnly;
}

/** SET HADR OFF is for secondary replicas; SUSPEND and RESUME are for either, and may repeat what is so already. */
function setHadr({ instance }: Server, database: Database, value: string): void {
  const group = groupOf(instance, database);
  if (value !== "OFF" && value !== "SUSPEND" && value !== "RESUME")
    throw notSpoken(`ALTER DATABASE ... SET HADR ${value}`);
  if (!group) throw sqlError(35242, database.name);
  if (value !== "OFF") database.isSuspended = value === "SUSPEND";
  else if (group.role === "PRIMARY") throw sqlError(35240, database.name, group.name);
  else leave(database, group);
}

function refuseInGroup(database: Database): void {
  if (database.groupDatabaseId) throw failed(sqlError(1468, database.name));
}

function refuseInTransaction(statement: string, session: Session): void {
  if (session.transactionCount > 0) throw sqlError(226, statement);
}

function failed(cause: SqlError): SqlError {
  return consequence(cause, 5069);
}
