import type { Clock } from "../network";
import { createInstance } from "../sql-server/instance";
import type { Instance } from "../sql-server/model";
import { nameKey } from "../sql-server/names";
import type { KeyedCertificate } from "../x509";
import type { IssuingAuthority } from "./azure-pki";
import type { ManagedInstance } from "./managed-instance";

export interface ManagedInstanceRequest {
  readonly name: string;
  readonly address: string;
  readonly tdsPort?: number;
  /** The port of its own mirroring endpoint; 0 is any that is free. @default 5022 */
  readonly mirroringPort?: number;
  readonly dnsZone: string;
  /** @default that of the public cloud */
  readonly dnsSuffix?: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly administrator: { readonly name: string; readonly password: string };
  readonly databaseFormat: ManagedInstance["databaseFormat"];
  /** @default "GeneralPurpose" */
  readonly serviceTier?: ManagedInstance["serviceTier"];
  /** @default 32 */
  readonly storageSizeInGB?: number;
  /** @default "SQL_Latin1_General_CP1_CI_AS" */
  readonly collation?: string;
  /** @default one of a virtual network of the resource group */
  readonly subnetId?: string;
  /** @default false */
  readonly publicDataEndpointEnabled?: boolean;
  readonly authority: IssuingAuthority;
  readonly clock: Clock;
}

export const publicDnsSuffix = "database.windows.net";

/** A managed instance that is ready: its mirroring endpoint and the certificate of it are the service's own. */
export async function createManagedInstance(request: ManagedInstanceRequest): Promise<ManagedInstance> {
  const { name, dnsZone, authority, clock } = request;
  const fqdn = `${name}.${dnsZone}.${request.dnsSuffix ?? publicDnsSuffix}`;
  const endpointCertificate = await authority.issue(fqdn, clock.now());
  const engine = Object.assign(createInstance({ ...request, kind: "managedInstance", fqdn }), { fqdn });
  addManagedEndpoint(engine, request.mirroringPort ?? 5022, endpointCertificate);
  return {
    engine,
    subscriptionId: request.subscriptionId,
    resourceGroup: request.resourceGroup,
    location: request.location,
    dnsZone,
    administratorLogin: request.administrator.name,
    databaseFormat: request.databaseFormat,
    serviceTier: request.serviceTier ?? "GeneralPurpose",
    subnetId: request.subnetId ?? subnetOf(request),
    vCores: 4,
    storageSizeInGB: request.storageSizeInGB ?? 32,
    licenseType: "LicenseIncluded",
    hybridSecondaryUsage: "Active",
    publicDataEndpointEnabled: request.publicDataEndpointEnabled ?? false,
    tags: {},
    state: "Ready",
    endpointCertificate,
    trustCertificates: new Map(),
    links: new Map(),
  };
}

function subnetOf({ subscriptionId, resourceGroup }: ManagedInstanceRequest): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/virtualNetworks/vnet-lab/subnets/ManagedInstance`;
}

/** Renews the certificate, as Azure does before the old one expires: a new key and serial number for the same names. */
export async function renewEndpointCertificate(
  instance: ManagedInstance,
  authority: IssuingAuthority,
  now: Date,
): Promise<void> {
  instance.endpointCertificate = await authority.issue(instance.engine.fqdn, now);
  keepCertificate(instance.engine, instance.endpointCertificate);
}

function addManagedEndpoint(engine: Instance, port: number, certificate: KeyedCertificate): void {
  const certificateId = keepCertificate(engine, certificate);
  engine.mirroringEndpoint = {
    name: "DATABASE_MIRRORING",
    id: engine.nextEndpointId++,
    ownerId: 1,
    state: "STARTED",
    port,
    role: "ALL",
    authentication: [{ certificateId }],
    encryption: { mode: "REQUIRED", algorithms: ["AES"] },
    isListening: false,
  };
}

/** Keeps the one certificate of the endpoint under the id that it always had. */
function keepCertificate(engine: Instance, { der, key: privateKey }: KeyedCertificate): number {
  const name = "##MS_ManagedInstanceEndpointCertificate##";
  const id = engine.certificates.get(nameKey(name))?.id ?? engine.nextCertificateId++;
  engine.certificates.set(nameKey(name), { name, id, der, privateKey, trustedIssuerFor: new Set() });
  return id;
}
