import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { EncryptionKey } from "../../tsql/syntax/database";
import { parseCertificate } from "../certificates/parse";
import { currentDatabase, isOwner } from "../database-permissions";
import { hasEncryption } from "../editions";
import type { Certificate, Database, Instance } from "../model";
import { findByName } from "../names";
import { missing } from "../refusals";
import type { Server } from "../server";

/** CREATE and DROP DATABASE ENCRYPTION KEY: transparent data encryption as the catalog tells it. */
export function encryptionKey(server: Server, statement: EncryptionKey, session: Session): void {
  const { instance, clock } = server;
  const database = currentDatabase(server, session);
  if (!database || !isOwner(server, session)) throw sqlError(262, "CREATE DATABASE ENCRYPTION KEY", session.database);
  if (statement.change === "drop") {
    if (!database.encryption) throw sqlError(33104);
    if (database.encryption.isOn) throw sqlError(33105);
    database.encryption = undefined;
    return;
  }
  if (!hasEncryption(instance)) throw sqlError(33117);
  if (database.encryption) throw sqlError(33103);
  const { algorithm, certificateName } = statement;
  const certificate = findByName(instance.certificates, certificateName);
  if (!certificate) throw missing("find", "certificate", certificateName);
  if (!certificate.privateKey || certificate.keyPassword !== undefined)
    throw sqlError(33101, "certificate", certificateName, "certificate");
  const { thumbprint } = parseCertificate(certificate.der);
  database.encryption = { algorithm, thumbprint, created: clock.now(), isOn: false };
}

/** SET ENCRYPTION: the scan that encrypts the pages takes no time here. */
export function setEncryption(_: Server, database: Database, value: string): void {
  if (!database.encryption) throw sqlError(33106);
  database.encryption = { ...database.encryption, isOn: value === "ON" };
}

/** Whether a certificate of master encrypts the key of a database: it cannot be dropped then (3716). */
export function encryptsDatabase({ databases }: Instance, { der }: Certificate): boolean {
  const { thumbprint } = parseCertificate(der);
  return [...databases.values()].some(({ encryption }) => encryption?.thumbprint.equals(thumbprint));
}
