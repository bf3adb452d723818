import { readFileSync } from "node:fs";
import { createCertificateAuthority } from "#lab/certificate-authority";
import { createClock, type LabClock } from "#lab/clock";
import { createFaults, type Faults } from "#lab/faults/faults";
import { createJournal, type Journal } from "#lab/journal";
import type { ManagedInstance } from "#lab/managed-instance/managed-instance";
import { type AzureRequest, type InstanceOptions, type RunningAzure, startAzure } from "#lab/managed-instance/start";
import { createSelfSigned } from "#lab/sql-server/certificates/self-signed";
import { addDatabase, createInstance } from "#lab/sql-server/instance";
import { createMirroringListener, type MirroringListener } from "#lab/sql-server/mirroring-listener";
import type { AvailabilityGroup, Certificate, Instance, Replica } from "#lab/sql-server/model";
import { fixture } from "../support/place";
import { type Arm, type ArmAddress, createArm } from "./arm-client";

/** Azure's half with one SQL Server whose state the test writes itself, without T-SQL. */
export interface Scene {
  readonly clock: LabClock;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly running: RunningAzure;
  readonly sqlServer: Instance;
  readonly listener: MirroringListener;
  readonly instance: ManagedInstance;
  readonly address: ArmAddress;
  readonly arm: Arm;
  close(): Promise<void>;
}

export interface SceneOptions {
  readonly instance?: Partial<InstanceOptions>;
  readonly options?: Partial<AzureRequest["options"]>;
  readonly version?: string;
}

let shared:
  | Promise<{ readonly pem: string; readonly tls: { readonly key: string; readonly cert: string } }>
  | undefined;

function sharedAuthority() {
  shared ??= createCertificateAuthority().then(async ({ pem, issue }) => ({
    pem,
    tls: await issue(["127.0.0.1", "localhost"]),
  }));
  return shared;
}

let nextPort = 20000 + (process.pid % 9000);

export async function createScene({ instance, options, version }: SceneOptions = {}): Promise<Scene> {
  const clock = createClock();
  const faults = createFaults();
  const journal = createJournal();
  const sqlServer = createInstance({
    name: "sqlserver1",
    address: "127.0.0.1",
    clock,
    version,
    administrator: { password: "not used" },
    databases: [{ name: "db1", isBackedUp: true }],
  });
  const authority = await sharedAuthority();
  const running = await startAzure({
    instances: [
      {
        name: "sqlmi1",
        address: "127.0.0.1",
        administrator: { name: "miadmin", password: "not used" },
        databaseFormat: "SQLServer2022",
        ...instance,
      },
    ],
    sqlServers: [sqlServer],
    options: { linksSideBySide: true, seedingBytesPerSecond: 2 ** 30, linkTimeoutMilliseconds: 200, ...options },
    clock,
    faults,
    journal,
    tls: authority.tls,
    host: "127.0.0.1",
    port: 0,
  });
  const listener = createMirroringListener(sqlServer, clock);
  const [managedInstance] = running.azure.managedInstances;
  if (!managedInstance) throw new Error("the scene has one managed instance");
  const address = { endpoint: running.arm.endpoint, ...running.application, ca: authority.pem };
  return {
    clock,
    faults,
    journal,
    running,
    sqlServer,
    listener,
    instance: managedInstance,
    address,
    arm: createArm(address),
    async close() {
      await listener.close();
      await running.close();
    },
  };
}

/** The names that both sides give to the parts of a link. */
export interface Names {
  readonly database: string;
  readonly link: string;
  readonly group: string;
  readonly instanceGroup: string;
  readonly certificate: string;
}

const usualNames: Names = {
  database: "db1",
  link: "DAG_db1",
  group: "AG_db1",
  instanceGroup: "AG_db1_MI",
  certificate: "Cert_sqlserver1_endpoint",
};

/** Does the seed's procedure: trust on both sides, the endpoint, the group and the distributed group. */
export async function prepareBothSides(scene: Scene, names = usualNames): Promise<void> {
  const { sqlServer, instance, listener, clock } = scene;
  const { der, privateKey } = await createSelfSigned({
    subject: "Certificate for Cert_sqlserver1_endpoint",
    notBefore: clock.now(),
    notAfter: new Date(clock.now().getTime() + 100 * 86_400_000),
  });
  const endpointCertificate = addCertificate(sqlServer, names.certificate, der, privateKey);
  instance.trustCertificates.set(names.certificate.toLowerCase(), { name: names.certificate, der });
  addCertificate(sqlServer, instance.engine.fqdn, instance.endpointCertificate.der);
  for (const [name, root] of Object.entries(seedRoots()))
    addCertificate(sqlServer, name, root).trustedIssuerFor.add("*.database.windows.net");
  sqlServer.mirroringEndpoint = {
    name: "database_mirroring_endpoint",
    ownerId: 1,
    id: 65536,
    state: "STARTED",
    port: nextPort++,
    role: "ALL",
    authentication: [{ certificateId: endpointCertificate.id }],
    encryption: { mode: "REQUIRED", algorithms: ["AES"] },
    isListening: false,
  };
  await listener.follow();
  const databases = [names.database.toLowerCase()];
  addGroup(sqlServer, { name: names.group, databases, members: [["sqlserver1", partnerEndpoint(scene)]] });
  addDistributedGroup(scene, undefined, names);
}

/** Prepares the other direction: the instance has db1, SQL Server an empty group that may create it. */
export async function prepareInstancePrimary(scene: Scene, names = usualNames): Promise<void> {
  const { sqlServer, instance } = scene;
  await prepareBothSides(scene, names);
  sqlServer.databases.delete(names.database.toLowerCase());
  const group = sqlServer.groups.get(names.group.toLowerCase());
  group?.databases.clear();
  if (group) group.canCreateAnyDatabase = true;
  const { fqdn, name } = instance.engine;
  addDistributedGroup(scene, `tcp://${fqdn}:5022;Server=[${name}];Database=[${names.database}]`, names);
  const distributed = sqlServer.groups.get(names.link.toLowerCase());
  if (distributed) distributed.role = "SECONDARY";
  addDatabase(instance.engine, { name: names.database, isBackedUp: true }, scene.clock.now());
}

export function addDistributedGroup(
  scene: Scene,
  instanceUrl = `tcp://${scene.instance.engine.fqdn}:5022;Server=[${scene.instance.engine.name}]`,
  names = usualNames,
): void {
  addGroup(scene.sqlServer, {
    name: names.link,
    isDistributed: true,
    members: [
      [names.group, partnerEndpoint(scene)],
      [names.instanceGroup, instanceUrl],
    ],
  });
}

export function partnerEndpoint({ sqlServer }: Scene): string {
  return `TCP://127.0.0.1:${sqlServer.mirroringEndpoint?.port ?? 5022}`;
}

export function addCertificate(
  instance: Instance,
  name: string,
  der: Buffer,
  privateKey?: Certificate["privateKey"],
): Certificate {
  const certificate: Certificate = {
    name,
    id: instance.nextCertificateId++,
    der,
    privateKey,
    trustedIssuerFor: new Set(),
  };
  instance.certificates.set(name.toLowerCase(), certificate);
  return certificate;
}

interface GroupRequest {
  readonly name: string;
  readonly isDistributed?: boolean;
  readonly databases?: readonly string[];
  readonly members: readonly (readonly [name: string, url: string])[];
}

export function addGroup(
  instance: Instance,
  { name, isDistributed = false, databases = [], members }: GroupRequest,
): void {
  const now = new Date();
  const replicas: Replica[] = members.map(([member, url]) => ({
    id: crypto.randomUUID(),
    name: member,
    url,
    availabilityMode: isDistributed ? "ASYNCHRONOUS_COMMIT" : "SYNCHRONOUS_COMMIT",
    failoverMode: "MANUAL",
    seedingMode: "AUTOMATIC",
    sessionTimeout: 10,
    backupPriority: 50,
    primaryAllowConnections: "ALL",
    secondaryAllowConnections: "NO",
    created: now,
    modified: now,
  }));
  const group: AvailabilityGroup = {
    name,
    id: crypto.randomUUID(),
    created: now,
    isDistributed,
    clusterType: "none",
    options: new Map(),
    replicas,
    databases: new Set(databases),
    role: "PRIMARY",
    canCreateAnyDatabase: false,
  };
  instance.groups.set(name.toLowerCase(), group);
}

export const fixtures = fixture("azure");

/** The genuine roots, as the seed's own batches carry them. */
function seedRoots(): Readonly<Record<string, Buffer>> {
  const text = readFileSync(fixture("seed_batches.json"), "utf8");
  const found = [
    ...text.matchAll(/CREATE CERTIFICATE \[(MicrosoftPKI|DigiCertPKI)\] FROM BINARY = 0x([0-9A-F]{1000,})/gi),
  ];
  return Object.fromEntries(found.map(([, name, digits]) => [name, Buffer.from(digits ?? "", "hex")]));
}

export function linkAddress(scene: Scene, version = "2023-08-01", name = "DAG_db1"): string {
  return child(scene, `distributedAvailabilityGroups/${name}`, version);
}

export function child({ instance }: Scene, rest: string, version = "2023-08-01"): string {
  const { subscriptionId, resourceGroup, engine } = instance;
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Sql/managedInstances/${engine.name}/${rest}?api-version=${version}`;
}

export function linkBody(scene: Scene, changes: object = {}): object {
  return {
    properties: {
      databases: [{ databaseName: "db1" }],
      failoverMode: "Manual",
      instanceAvailabilityGroupName: "AG_db1_MI",
      instanceLinkRole: "Secondary",
      partnerAvailabilityGroupName: "AG_db1",
      partnerEndpoint: partnerEndpoint(scene),
      seedingMode: "Automatic",
      ...changes,
    },
  };
}
