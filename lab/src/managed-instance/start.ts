import { randomBytes, randomUUID } from "node:crypto";
import type { Faults } from "../faults/faults";
import type { Journal } from "../journal";
import type { Clock, Network } from "../network";
import type { Directory, Instance } from "../sql-server/model";
import { type ArmServer, startArmServer } from "./arm-server";
import type { Azure, AzureOptions } from "./azure";
import { createIssuingAuthority } from "./azure-pki";
import {
  createManagedInstance,
  type ManagedInstanceRequest,
  publicDnsSuffix,
  renewEndpointCertificate,
} from "./create";
import { createCuts } from "./cuts";
import { type Application, createEntra } from "./entra";
import type { ManagedInstance } from "./managed-instance";
import { createOperations } from "./operations";
import { createRequestQuota } from "./request-quota";
import { createNetwork } from "./wire";

export type InstanceOptions = Pick<
  ManagedInstanceRequest,
  "name" | "address" | "tdsPort" | "mirroringPort" | "administrator" | "databaseFormat"
> &
  Partial<
    Pick<
      ManagedInstanceRequest,
      | "subscriptionId"
      | "resourceGroup"
      | "location"
      | "dnsZone"
      | "dnsSuffix"
      | "serviceTier"
      | "storageSizeInGB"
      | "collation"
      | "subnetId"
      | "publicDataEndpointEnabled"
    >
  >;

export interface AzureRequest {
  readonly instances: readonly InstanceOptions[];
  readonly sqlServers: readonly Instance[];
  readonly options: AzureOptions;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly tls: { readonly key: string; readonly cert: string };
  readonly host: string;
  readonly port: number;
  readonly dnsSuffix?: string;
  readonly tokenLifetimeSeconds?: number;
}

export interface RunningAzure {
  readonly azure: Azure;
  readonly network: Network;
  readonly arm: ArmServer;
  readonly application: Application;
  readonly directory: Directory;
  renewCertificate(engine: Instance): Promise<void>;
  close(): Promise<void>;
}

/** Starts Azure's side of the lab: its managed instances, the management plane over HTTPS, and the wire to SQL Server. */
export async function startAzure(request: AzureRequest): Promise<RunningAzure> {
  const { clock, faults, journal, tls, host, port, sqlServers, options } = request;
  const authority = await createIssuingAuthority(clock.now());
  const place = {
    subscriptionId: randomUUID(),
    resourceGroup: "rg-lab",
    location: "westeurope",
    dnsZone: randomBytes(6).toString("hex"),
  };
  const managedInstances: readonly ManagedInstance[] = await Promise.all(
    request.instances.map((instance) => createManagedInstance({ ...place, ...instance, authority, clock })),
  );
  const application = {
    tenantId: randomUUID(),
    clientId: randomUUID(),
    clientSecret: randomBytes(24).toString("base64url"),
  };
  const operations = createOperations(clock, options.operationMilliseconds);
  const azure: Azure = {
    latency: faults.latency,
    clock,
    operations,
    options,
    quota: createRequestQuota(clock, options.requestQuota),
    issuingAuthority: authority.der,
    managedInstances,
    sqlServers,
    cuts: createCuts(),
  };
  const entra = createEntra(application, request.tokenLifetimeSeconds);
  const arm = await startArmServer({ azure, entra, faults, journal, tls, host, port });
  return {
    azure,
    network: createNetwork(azure),
    arm,
    application,
    directory: entra.directory(arm.endpoint, `https://${request.dnsSuffix ?? publicDnsSuffix}`),
    async renewCertificate(engine) {
      const instance = managedInstances.find((each) => each.engine === engine);
      if (instance) await renewEndpointCertificate(instance, authority, clock.now());
    },
    async close() {
      await arm.close();
      await operations.close();
    },
  };
}
