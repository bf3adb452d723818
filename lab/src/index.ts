import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createCertificateAuthority } from "./certificate-authority";
import { createClock, type LabClock } from "./clock";
import { type ControlPort, openControlPort } from "./control-port";
import { createFaults } from "./faults/faults";
import { createJournal } from "./journal";
import { beginKeysOfStart } from "./keys-of-start";
import type { Lab } from "./lab";
import { holdAddresses, holdPorts, type TdsAddress } from "./loopback";
import { publicDnsSuffix } from "./managed-instance/create";
import { resourceId } from "./managed-instance/managed-instance";
import { type InstanceOptions, type RunningAzure, startAzure } from "./managed-instance/start";
import type { Network } from "./network";
import type { LabOptions } from "./options";
import type { Ready } from "./ready";
import { type RunningInstance, serveInstance } from "./serve-instance";
import { createInstance } from "./sql-server/instance";
import type { Instance } from "./sql-server/model";
import { buildsWithoutConnectPack, linkableBuilds, majorVersionOf } from "./sql-server/versions";

export type { FaultRule } from "./faults/faults";
export type { JournalEntry } from "./journal";
export type { Lab } from "./lab";
export type { LabOptions } from "./options";
export type { Ready } from "./ready";

/** Starts a lab in this process: its SQL Servers and Azure, over real sockets. */
export async function startLab(wanted: LabOptions = {}): Promise<Lab> {
  const options = { ...wanted, sqlBuild: buildOf(wanted) };
  beginKeysOfStart(options);
  const clock = createClock();
  const faults = createFaults(options.faults, {
    request: options.armLatencyMilliseconds,
    statement: options.sqlLatencyMilliseconds,
    replication: options.replicationLagMilliseconds,
    redo: options.redoLagMilliseconds,
  });
  const journal = createJournal(options.onJournalEntry);
  const counts = [options.sqlServers ?? 1, options.managedInstances ?? 1] as const;
  const loopback = options.ipv6 ? "::1" : "127.0.0.1";
  const held = await (options.ipv6 ? holdPorts(loopback, ...counts) : holdAddresses(...counts));
  const passwords = { sql: newPassword(), managed: newPassword() };
  const authority = await createCertificateAuthority();
  const sqlServers = held.sqlServers.map((address, index) =>
    newSqlServer(address, index, options, clock, passwords.sql),
  );
  const instances = held.managedInstances.map((address, index) =>
    newManagedInstance(address, index, options, passwords.managed, loopback),
  );
  const dnsZone = randomBytes(6).toString("hex");
  const dnsSuffix = options.dnsSuffix ?? publicDnsSuffix;
  const fqdns = instances.map(({ name }) => `${name}.${dnsZone}.${dnsSuffix}`);
  const names = [...held.sqlServers, ...held.managedInstances].map(({ host }) => host);
  const tls = await authority.issue([
    ...new Set(["127.0.0.1", loopback, "localhost", ...names, ...sqlServers.map(({ name }) => name), ...fqdns]),
  ]);

  const azure = await startAzure({
    instances: instances.map((instance) => ({ ...instance, dnsZone, dnsSuffix })),
    sqlServers,
    options: {
      linksSideBySide: options.linksSideBySide ?? true,
      seedingBytesPerSecond: options.seedingBytesPerSecond ?? 64 * 2 ** 20,
      linkTimeoutMilliseconds: options.linkTimeoutMilliseconds ?? 5000,
      changeMilliseconds: options.changeMilliseconds,
      retryAfterSeconds: options.retryAfterSeconds,
      operationMilliseconds: options.operationMilliseconds,
      concurrentOperations: options.concurrentOperations,
      requestQuota: options.requestQuota,
    },
    clock,
    faults,
    journal,
    tls,
    host: loopback,
    port: options.armPort ?? 0,
    dnsSuffix,
    tokenLifetimeSeconds: options.tokenLifetimeSeconds,
  });
  if (options.entra) for (const instance of sqlServers) instance.directory = azure.directory;
  await held.release();
  const engines = [...sqlServers, ...azure.azure.managedInstances.map(({ engine }) => engine)];
  const network: Network = azure.network;
  const running: readonly RunningInstance[] = await Promise.all(
    engines.map((instance) => serveInstance({ instance, network, clock, journal, faults, tls })),
  ).catch(async (error: unknown) => {
    await Promise.all([azure.close(), held.giveBack()]);
    throw error;
  });

  const directory = await caDirectory(options.directory);
  const caFile = path.join(directory.path, "ca.pem");
  await writeFile(caFile, authority.pem);
  const served = (instance: Instance) => running.find((each) => each.instance === instance);
  azure.azure.switchPower = async (engine, on) => (on ? served(engine)?.start() : served(engine)?.stop());
  let control: ControlPort | undefined;
  const lab: Lab = {
    ready: { ...readySqlServers(sqlServers), ...readyAzure(azure), caFile },
    journal,
    faults,
    clock,
    network: {
      cut: (one, other) => azure.azure.cuts.cut(named(engines, one).name, named(engines, other).name),
      block: (from, to, port) => azure.azure.cuts.block(named(engines, from).name, named(engines, to).name, port),
      mend: (one, other) => azure.azure.cuts.mend(one, other),
    },
    async restart(name) {
      const instance = served(named(engines, name));
      await instance?.stop();
      await instance?.start();
    },
    renewCertificate: (name) => azure.renewCertificate(lab.managedInstance(name)),
    sqlServer: (name) => named(sqlServers, name),
    managedInstance: (name) =>
      named(
        engines.filter(({ kind }) => kind === "managedInstance"),
        name,
      ),
    async close() {
      await control?.close();
      await Promise.all([azure.close(), ...running.map((instance) => instance.close())]);
      await Promise.all([directory.remove(), held.giveBack()]);
    },
  };
  if (options.controlPort === undefined) return lab;
  control = await openControlPort(lab, loopback, options.controlPort);
  return Object.assign(lab, { ready: { ...lab.ready, control: { endpoint: control.endpoint } } });
}

function newSqlServer(
  { host, port }: TdsAddress,
  index: number,
  options: BuiltOptions,
  clock: LabClock,
  password: string,
): Instance {
  const { databases = 1, recoveryModel, databaseSizeBytes } = options;
  return createInstance({
    name: `sqlserver${index + 1}`,
    address: host,
    tdsPort: port,
    clock,
    version: options.sqlBuild,
    edition: options.edition,
    isOnWindows: options.windows,
    clockAheadMilliseconds: options.clockAheadMilliseconds,
    isAgentRunning: options.agent,
    collation: options.collation,
    isHadrEnabled: options.alwaysOn,
    startupTraceFlags: options.startupTraceFlags,
    administrator: { password },
    databases: Array.from({ length: databases }, (_, number) => ({
      name: `db${number + 1}`,
      recoveryModel,
      sizeBytes: databaseSizeBytes,
    })),
  });
}

function newManagedInstance(
  { host, port }: TdsAddress,
  index: number,
  options: BuiltOptions,
  password: string,
  loopback: string,
): InstanceOptions {
  const newest = majorVersionOf(options.sqlBuild) === 2025 ? "SQLServer2025" : "SQLServer2022";
  return {
    name: `sqlmi${index + 1}`,
    address: host,
    tdsPort: port,
    // SQL Server keeps port 5022 where instances share an address.
    mirroringPort: host === loopback ? 0 : undefined,
    administrator: { name: "miadmin", password },
    databaseFormat: options.databaseFormat ?? newest,
    serviceTier: options.serviceTier,
    storageSizeInGB: options.storageSizeInGB,
  };
}

type BuiltOptions = LabOptions & { readonly sqlBuild: string };

function buildOf({ sqlVersion = 2022, sqlBuild, withoutConnectPack = false }: LabOptions): string {
  if (sqlBuild !== undefined) return sqlBuild;
  if (!withoutConnectPack) return linkableBuilds[sqlVersion];
  const build = buildsWithoutConnectPack[sqlVersion];
  if (!build) throw new RangeError(`SQL Server ${sqlVersion} has no Azure Connect Pack to be without`);
  return build;
}

function readySqlServers(instances: readonly Instance[]): Pick<Ready, "sqlServers"> {
  return {
    sqlServers: instances.map((instance) => ({
      name: instance.name,
      host: instance.address,
      port: instance.tdsPort,
      ...administratorOf(instance),
      version: instance.version,
      databases: [...instance.databases.values()].filter(({ id }) => id > 4).map(({ name }) => name),
    })),
  };
}

function readyAzure({ azure, arm, application }: RunningAzure): Pick<Ready, "managedInstances" | "arm"> {
  return {
    managedInstances: azure.managedInstances.map((instance) => ({
      name: instance.engine.name,
      id: resourceId(instance),
      fqdn: instance.engine.fqdn,
      host: instance.engine.address,
      port: instance.engine.tdsPort,
      ...administratorOf(instance.engine),
    })),
    arm: { endpoint: arm.endpoint, authority: arm.endpoint, ...application },
  };
}

function administratorOf({ logins }: Instance): { readonly user: string; readonly password: string } {
  const [login] = [...logins.values()].filter(({ roles }) => roles.has("sysadmin"));
  if (!login) throw new Error("an instance has an administrator");
  return { user: login.name, password: login.password };
}

function named(instances: readonly Instance[], name: string): Instance {
  const found = instances.find((instance) => instance.name.toLowerCase() === name.toLowerCase());
  if (!found)
    throw new RangeError(
      `The lab has no instance ${name}; it has ${instances.map((instance) => instance.name).join(", ")}`,
    );
  return found;
}

/** The fixed part meets the password policy, whatever the random part is. */
function newPassword(): string {
  return `Lab-1${randomBytes(15).toString("base64url")}`;
}

async function caDirectory(wanted: string | undefined): Promise<{ readonly path: string; remove(): Promise<void> }> {
  if (wanted !== undefined) {
    await mkdir(wanted, { recursive: true });
    return { path: path.resolve(wanted), remove: async () => undefined };
  }
  const made = await mkdtemp(path.join(tmpdir(), "mi-link-lab-"));
  return { path: made, remove: () => rm(made, { recursive: true, force: true }) };
}
