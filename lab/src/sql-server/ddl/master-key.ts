import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { ChangeMasterKey, CreateMasterKey } from "../../tsql/syntax/server-statement";
import { isOwner } from "../database-permissions";
import { newGuid } from "../names";
import { checkPasswordPolicy } from "../password-policy";
import { missing } from "../refusals";
import { closeKey, currentKeyStore, isKeyOpen, openKey, type Server } from "../server";

export function createMasterKey(server: Server, statement: CreateMasterKey, session: Session): void {
  if (!isOwner(server, session)) throw sqlError(15247);
  const store = currentKeyStore(server, session);
  if (store.masterKey) throw sqlError(15578);
  // Only Azure SQL Database has the statement without a password.
  if (statement.password === undefined) throw sqlError(102, "KEY");
  checkPasswordPolicy(statement.password);
  store.masterKey = {
    guid: newGuid(),
    created: server.clock.now(),
    password: statement.password,
    isEncryptedByServiceKey: true,
  };
}

/** Carries out OPEN, CLOSE, and ALTER ... ADD or DROP ENCRYPTION BY SERVICE MASTER KEY. */
export function changeMasterKey(server: Server, { change, password }: ChangeMasterKey, session: Session): void {
  if (!isOwner(server, session)) throw sqlError(15247);
  const store = currentKeyStore(server, session);
  const { masterKey } = store;
  if (!masterKey) throw sqlError(15581);
  if (change === "open") {
    if (password !== masterKey.password) throw sqlError(15313);
    openKey(session, masterKey);
    return;
  }
  if (change === "close") return closeKey(session, masterKey);
  if (!isKeyOpen(session, masterKey)) throw sqlError(15581);
  store.masterKey = { ...masterKey, isEncryptedByServiceKey: change === "addServiceKey" };
}

export function dropMasterKey(server: Server, session: Session): void {
  if (!isOwner(server, session)) throw sqlError(15247);
  const store = currentKeyStore(server, session);
  if (!store.masterKey) throw missing("drop", "symmetric key", "##MS_DatabaseMasterKey##");
  const dependent = [...store.certificates.values()].find(
    ({ privateKey, keyPassword }) => privateKey && keyPassword === undefined,
  );
  if (dependent) throw sqlError(15580, "master key", "certificate", dependent.name);
  store.masterKey = undefined;
}
