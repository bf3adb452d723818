import type { KeyObject } from "node:crypto";
import { isValidAt, x509Of } from "../sql-server/certificates/parse";
import { remembered } from "../sql-server/certificates/remembered";
import { seededDatabase } from "../sql-server/endpoint-url";
import type { AvailabilityGroup, Certificate, Instance, MirroringEndpoint, Replica } from "../sql-server/model";
import { nameKey } from "../sql-server/names";
import { formatMessage } from "../tsql/messages";
import { sameName } from "../tsql/values/collation";
import type { Azure } from "./azure";
import { isTrustedFor } from "./azure-pki";
import { instanceAt, parseEndpointAddress, sameAddress, sameForm } from "./endpoint-address";
import type { Link, LinkFailure, ManagedInstance } from "./managed-instance";
import type { OperationFailure } from "./operations";

/** The reason why two sides do not make a link: the error that Azure shows, and SQL Server's where it is not a timeout. */
export interface Disagreement extends LinkFailure {
  readonly onSqlServer?: { readonly number: number; readonly description: string };
  /** The management plane's own code, where it has one for this reason. */
  readonly refusal?: OperationFailure;
  /** The line that SQL Server writes into its error log when a link is given up for this reason. */
  readonly logsOnSqlServer?: readonly [number: number, group: string];
  /** Both sides are primary, or neither is. */
  readonly isOfRoles?: boolean;
}

export interface Agreed {
  readonly sqlServer: Instance;
  readonly group: AvailabilityGroup;
  readonly distributedGroup: AvailabilityGroup;
}

export type Agreement = { readonly agreed: Agreed } | { readonly disagreement: Disagreement };

/**
 * Finds out whether a link can be connected now. It is asked anew whenever state is read, so that what is broken
 * later breaks the connection and what is repaired connects again. The checks are in the order in which two servers
 * make them: the network, the handshake, the groups, the database.
 */
export function agreementOn(link: Link, instance: ManagedInstance, azure: Azure): Agreement {
  const address = parseEndpointAddress(link.partnerEndpoint);
  const sqlServer = address && instanceAt(address, azure.sqlServers);
  const endpoint = sqlServer?.mirroringEndpoint;
  if (!address || !sqlServer || !endpoint || !listens(endpoint, sqlServer, address.port)) return no(unreachable(link));
  if (!isReachable(sqlServer, instance, azure)) return no(unreachable(link));

  const handshake = handshakeProblem(sqlServer, endpoint, instance, link, azure);
  if (handshake) return no(handshake);

  const distributedGroup = find(sqlServer.groups, link.name);
  const group = find(sqlServer.groups, link.partnerAvailabilityGroupName);
  if (!distributedGroup?.isDistributed || !group || group.isDistributed) return no(noSuchGroup(link));
  // A server makes links of one kind, and both sides must mean the same kind.
  if (sqlServer.isMultiDatabaseLinkEnabled !== (link.linkMode === "MultiDatabase")) return no(noSuchGroup(link));
  const members = memberProblem(distributedGroup, link, instance);
  if (members) return no(members);

  if (distributedGroup.role !== (link.role === "Primary" ? "SECONDARY" : "PRIMARY"))
    return no({ ...noSuchGroup(link), isOfRoles: true });
  const database =
    link.role === "Primary"
      ? seededDatabaseProblem(group, sqlServer, link, instance)
      : databaseProblem(group, sqlServer, link, instance);
  return database ? no(database) : { agreed: { sqlServer, group, distributedGroup } };
}

const no = (disagreement: Disagreement): Agreement => ({ disagreement });

function find<T>(items: ReadonlyMap<string, T>, name: string): T | undefined {
  return items.get(nameKey(name));
}

function listens(endpoint: MirroringEndpoint, { address }: Instance, port: number): boolean {
  return (
    endpoint.state === "STARTED" &&
    endpoint.isListening &&
    endpoint.port === port &&
    (endpoint.ip === undefined || sameForm(endpoint.ip) === address)
  );
}

/** Both instances run, and a test has not cut the network between them. */
function isReachable(sqlServer: Instance, { engine, state }: ManagedInstance, { cuts }: Azure): boolean {
  return (
    sqlServer.isRunning &&
    engine.isRunning &&
    ["Ready", "Updating"].includes(state) &&
    !cuts.isCut(sqlServer.name, engine.name)
  );
}

function handshakeProblem(
  sqlServer: Instance,
  endpoint: MirroringEndpoint,
  instance: ManagedInstance,
  link: Link,
  azure: Azure,
): Disagreement | undefined {
  const now = azure.clock.now();
  if (endpoint.role === "WITNESS")
    return noSuchGroup(link, "The endpoint's role does not allow database mirroring partners.");
  if (endpoint.encryption.mode === "DISABLED" || !endpoint.encryption.algorithms.includes("AES"))
    return noSuchGroup(link, handshake("There is no compatible encryption algorithm. State 22."));

  const certificate = endpointCertificate(sqlServer, endpoint);
  if (!certificate) return noSuchGroup(link, handshake("There is no compatible authentication protocol. State 21."));
  const trusted = [...instance.trustCertificates.values()].find(({ der }) => der.equals(certificate.der));
  if (!trusted)
    return failure(
      "LinkInitError",
      41973,
      [],
      handshake(
        "The certificate used by the peer is invalid due to the following reason: Certificate not found. State 89.",
      ),
    );
  if (!isValidAt(certificate.der, now))
    return noSuchGroup(link, handshake("The certificate used by this endpoint is expired. State 93."));
  if (!certificate.privateKey || !holdsKeyOf(certificate.der, certificate.privateKey))
    return noSuchGroup(link, handshake("The certificate used by this endpoint has no private key. State 85."));

  return trustsManagedInstance(sqlServer, instance, azure)
    ? undefined
    : failure(
        "LinkInitError",
        41974,
        [],
        handshake(
          "The certificate used by the peer is invalid due to the following reason: Certificate not found. State 89.",
        ),
      );
}

function endpointCertificate(sqlServer: Instance, { authentication }: MirroringEndpoint): Certificate | undefined {
  const bound = authentication.find((method) => "certificateId" in method);
  return bound && [...sqlServer.certificates.values()].find(({ id }) => id === bound.certificateId);
}

/**
 * The certificate that is named by the FQDN must have been issued for it, and the one that the instance shows now
 * must chain to an imported root. The two differ after Azure has renewed its own: the root keeps the link alive.
 */
function trustsManagedInstance(
  sqlServer: Instance,
  { engine, endpointCertificate }: ManagedInstance,
  azure: Azure,
): boolean {
  const imported = find(sqlServer.certificates, engine.fqdn);
  const isTrusted = (der: Buffer) =>
    isTrustedFor(engine.fqdn, der, azure.issuingAuthority, sqlServer.certificates.values(), azure.clock.now());
  return (
    imported !== undefined &&
    isTrusted(imported.der) &&
    isTrusted(endpointCertificate.der) &&
    holdsKeyOf(endpointCertificate.der, endpointCertificate.key)
  );
}

function memberProblem(
  { replicas }: AvailabilityGroup,
  link: Link,
  instance: ManagedInstance,
): Disagreement | undefined {
  const local = member(replicas, link.partnerAvailabilityGroupName);
  const remote = member(replicas, link.instanceAvailabilityGroupName);
  if (!local || !remote) return noSuchGroup(link);
  if (!sameAddress(parseEndpointAddress(local.url), parseEndpointAddress(link.partnerEndpoint)))
    return noSuchGroup(link);
  const address = parseEndpointAddress(remote.url);
  if (!sameAddress(address, { host: instance.engine.fqdn.toLowerCase(), port: 5022 })) return noSuchGroup(link);
  if (address?.server === undefined)
    return noSuchGroup(link, loginAttempt("Tried to send redirect request but the redirect string is empty"));
  if (!sameName(address.server, instance.engine.name)) return noSuchGroup(link);
  if (link.linkMode === "MultiDatabase") return undefined;
  // Only a link that copies from the instance to SQL Server has `;Database=[..]` in its address.
  const seeded = link.initialRole === "Primary" ? link.databases[0]?.name : undefined;
  return sameName(seededDatabase(remote.url) ?? "", seeded ?? "") ? undefined : noSuchGroup(link);
}

function member(replicas: readonly Replica[], name: string): Replica | undefined {
  return replicas.find((replica) => sameName(replica.name, name));
}

function databaseProblem(
  group: AvailabilityGroup,
  sqlServer: Instance,
  link: Link,
  instance: ManagedInstance,
): Disagreement | undefined {
  const names = link.databases.map(({ name }) => nameKey(name));
  const databases = names.map((name) => find(sqlServer.databases, name));
  const isUnready = databases.some((database) => database?.state === "RESTORING");
  if (group.databases.size === 0 || isUnready) return failure("LinkInitError", 47521, []);
  const isWhole = group.databases.size === names.length && names.every((name) => group.databases.has(name));
  // A link of several databases may differ from its group once it is made: databases come and go one by one.
  if (!mayDiffer(link) && (!isWhole || databases.includes(undefined))) return noSuchDatabase(link);
  // Feature overview: the update policy must match or be higher than the version of SQL Server.
  if (sqlServer.majorVersion === 2025 && instance.databaseFormat === "SQLServer2022")
    return { ...noSuchDatabase(link), refusal: olderVersion };
  return undefined;
}

/** Checks a link whose primary is the instance: SQL Server must take the copy and be of the update policy's version. */
function seededDatabaseProblem(
  group: AvailabilityGroup,
  sqlServer: Instance,
  link: Link,
  { databaseFormat }: ManagedInstance,
): Disagreement | undefined {
  if (databaseFormat !== `SQLServer${sqlServer.majorVersion}`)
    return { ...noSuchDatabase(link), refusal: olderVersion };
  if (mayDiffer(link)) return undefined;
  const names = link.databases.map(({ name }) => nameKey(name));
  const joined = names.filter((name) => group.databases.has(name));
  if (group.databases.size > joined.length) return noSuchDatabase(link);
  if (joined.length === names.length)
    return joined.every((name) => sqlServer.databases.has(name)) ? undefined : noSuchDatabase(link);
  if (link.phase === "created") return noSuchDatabase(link);
  if (names.some((name) => !group.databases.has(name) && sqlServer.databases.has(name)))
    return { ...noSuchDatabase(link), refusal: remoteDatabaseExists };
  return group.canCreateAnyDatabase ? undefined : { ...noSuchDatabase(link), logsOnSqlServer: [19506, group.name] };
}

function mayDiffer({ linkMode, phase }: Link): boolean {
  return linkMode === "MultiDatabase" && phase === "created";
}

const olderVersion: OperationFailure = {
  code: "ManagedInstanceRestoreToInstanceWithOlderVersionEdition",
  message:
    "Restore operation cannot be performed because database format of the source instance is not compatible with the database format of the destination instance. See https://go.microsoft.com/fwlink/?linkid=2251601 for more details.",
};
const remoteDatabaseExists: OperationFailure = {
  code: "RemoteDatabaseExists",
  message: "The destination database name already exists on the destination server.",
};

const holdsKeyOf = remembered((der, key: KeyObject) => x509Of(der).checkPrivateKey(key));

/** 41986 speaks of a link's creation; a link that was made before shows that nobody answers any more (41976). */
export function unreachable(link: Link): Disagreement {
  return link.phase === "created" ? noSuchGroup(link) : failure("LinkInitError", 41986, []);
}

function noSuchGroup(link: Link, description?: string): Disagreement {
  return failure("LinkInitError", 41976, [link.partnerAvailabilityGroupName, link.partnerEndpoint], description);
}

export function noSuchDatabase(link: Link): Disagreement {
  return failure("LinkCreationError", 41977, [link.partnerAvailabilityGroupName, link.partnerEndpoint]);
}

function failure(
  state: LinkFailure["state"],
  number: number,
  args: readonly string[],
  description?: string,
): Disagreement {
  const text = formatMessage(number, ...args).text;
  return { state, number, text, onSqlServer: description === undefined ? undefined : { number: 1474, description } };
}

// The numbers and texts are those of sys.messages 1474 and the 28xxx family; no recording has them of a link to Azure.
const handshake = (reason: string) => loginAttempt(`Connection handshake failed. ${reason}`);
const loginAttempt = (reason: string) => `Database Mirroring login attempt failed with error: '${reason}'.`;
