import { optionOf } from "../../tsql/data/session-options";
import type { ResultSink, Session } from "../../tsql/host";
import { formatMessage, sqlError } from "../../tsql/messages";
import type { AlterCertificate, BackupCertificate, CreateCertificate } from "../../tsql/syntax/certificate";
import { parseDate } from "../../tsql/values/dates";
import { parseCertificate } from "../certificates/parse";
import { createSelfSigned } from "../certificates/self-signed";
import { isOwner, mayOnCertificate } from "../database-permissions";
import type { Certificate } from "../model";
import { checkIdentifier, findByName, nameKey } from "../names";
import { missing } from "../refusals";
import { currentKeyStore, isKeyOpen, type KeyStore, type Server } from "../server";
import { encryptsDatabase } from "./encryption";

/** "CREATE CERTIFICATE": a subject has up to 128 characters on Windows. */
const longestSubject = 128;

export async function createCertificate(
  server: Server,
  statement: CreateCertificate,
  session: Session,
  sink: ResultSink,
): Promise<void> {
  checkIdentifier(statement.name);
  if (!isOwner(server, session)) throw sqlError(262, "CREATE CERTIFICATE", session.database);
  const store = currentKeyStore(server, session);
  const refuseTwice = (isTaken: boolean) => {
    if (isTaken) throw sqlError(15232, statement.name);
  };
  refuseTwice(store.certificates.has(nameKey(statement.name)));
  const made =
    statement.subject === undefined
      ? readCertificate(server, statement)
      : await makeCertificate(server, store, statement, session);
  if (server.network.isTrusted(server.instance, made.der)) throw sqlError(41963, "Managed Instance link");
  // Another session may have taken the name while the key was made.
  refuseTwice(store.certificates.has(nameKey(statement.name)));
  refuseTwice([...store.certificates.values()].some(({ der }) => der.equals(made.der)));
  const id = server.instance.nextCertificateId++;
  store.certificates.set(nameKey(statement.name), { ...made, name: statement.name, id, trustedIssuerFor: new Set() });
  warnOfValidity(made.der, server.clock.now(), sink);
}

type Made = Pick<Certificate, "der" | "privateKey" | "keyPassword">;

function readCertificate({ files }: Server, { binary, file }: CreateCertificate): Made {
  const der = binary ?? (file === undefined ? undefined : files.get(file.toLowerCase()));
  if (!der) throw sqlError(15208);
  try {
    parseCertificate(der);
  } catch {
    throw sqlError(15297);
  }
  return { der };
}

/** The dates are UTC. Without them a certificate is valid for one year from now. */
async function makeCertificate(
  server: Server,
  store: KeyStore,
  statement: CreateCertificate,
  session: Session,
): Promise<Made> {
  const { subject = "", startDate, expiryDate, encryptionPassword } = statement;
  if (subject.length < 1 || subject.length > longestSubject) throw sqlError(15212, longestSubject);
  if (encryptionPassword === undefined && !(store.masterKey && isKeyOpen(session, store.masterKey)))
    throw sqlError(15581);
  const dateFormat = optionOf(session, "DATEFORMAT");
  const read = (literal: string) => parseDate(literal, { name: "datetime" }, dateFormat);
  const notBefore = startDate === undefined ? server.clock.now() : read(startDate);
  const notAfter = expiryDate === undefined ? oneYearAfter(notBefore) : read(expiryDate);
  const { der, privateKey } = await createSelfSigned({ subject, notBefore, notAfter });
  return { der, privateKey, keyPassword: encryptionPassword };
}

function oneYearAfter(date: Date): Date {
  const later = new Date(date);
  later.setUTCFullYear(date.getUTCFullYear() + 1);
  return later;
}

function warnOfValidity(der: Buffer, now: Date, sink: ResultSink): void {
  const { notBefore, notAfter } = parseCertificate(der);
  const number =
    notAfter < notBefore ? 15213 : notAfter < now ? 15214 : notBefore > endOfSecond(now) ? 15215 : undefined;
  if (number !== undefined) sink.info({ ...formatMessage(number), number, state: 1, line: 0 });
}

function endOfSecond(now: Date): Date {
  return new Date(now.getTime() + 1000);
}

/**
 * REMOVE PRIVATE KEY removes the key. WITH PRIVATE KEY (...) encrypts it anew: by the master key, if it names no
 * ENCRYPTION BY PASSWORD.
 */
export function alterCertificate(
  server: Server,
  { name, change, decryptionPassword, encryptionPassword }: AlterCertificate,
  session: Session,
): void {
  const store = currentKeyStore(server, session);
  const certificate = findByName(store.certificates, name);
  if (!certificate || !mayOnCertificate(server, session, "ALTER", name)) throw missing("alter", "certificate", name);
  if (!certificate.privateKey) throw sqlError(15563, "certificate");
  if (change === "privateKey" && certificate.keyPassword !== decryptionPassword) throw sqlError(15465);
  const changed: Certificate =
    change === "removePrivateKey"
      ? { ...certificate, privateKey: undefined, keyPassword: undefined }
      : { ...certificate, keyPassword: encryptionPassword };
  store.certificates.set(nameKey(name), changed);
}

export function dropCertificate(server: Server, name: string, session: Session): void {
  const store = currentKeyStore(server, session);
  const certificate = findByName(store.certificates, name);
  if (!certificate || !mayOnCertificate(server, session, "CONTROL", name)) throw missing("drop", "certificate", name);
  const mapped = principalOf(server, session, certificate);
  if (mapped) throw sqlError(15559, "certificate", name, mapped);
  if (store === server.instance && encryptsDatabase(server.instance, certificate))
    throw sqlError(3716, "certificate", name, "database encryption key");
  if (isUsedByEndpoint(server, store, certificate)) throw sqlError(15187, "certificate", "endpoint");
  store.certificates.delete(nameKey(name));
}

/** The kind of principal that FROM CERTIFICATE made of it. */
function principalOf({ instance }: Server, { database }: Session, { id }: Certificate): "login" | "user" | undefined {
  const isOf = ({ certificateId }: { readonly certificateId?: number }) => certificateId === id;
  if ([...instance.logins.values()].some(isOf)) return "login";
  return [...(findByName(instance.databases, database)?.users.values() ?? [])].some(isOf) ? "user" : undefined;
}

function isUsedByEndpoint({ instance }: Server, store: KeyStore, { id }: Certificate): boolean {
  const methods = store === instance ? (instance.mirroringEndpoint?.authentication ?? []) : [];
  return methods.some((method) => "certificateId" in method && method.certificateId === id);
}

export function backupCertificate(server: Server, { name, file }: BackupCertificate, session: Session): void {
  const certificate = findByName(currentKeyStore(server, session).certificates, name);
  if (!certificate || !mayOnCertificate(server, session, "CONTROL", name)) throw missing("find", "certificate", name);
  if (file === "" || server.files.has(file.toLowerCase())) throw sqlError(15240, file);
  server.files.set(file.toLowerCase(), certificate.der);
}
