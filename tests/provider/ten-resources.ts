import assert from "node:assert/strict";
import type { Ready } from "#lab/index";
import { type DynamicProvider, dynamicProvider } from "#provider/dynamic/handler";
import { type ResourceType, resources } from "#provider/dynamic/index";
import type { Bag } from "#provider/lifecycle/contract";
import { hastyContext } from "./azure/azure-scene";

type Outputs = Readonly<Record<string, Bag | undefined>>;

/** The resources of one link in the order in which they are made, each with what it takes from those before. */
export const tenResources: readonly {
  readonly type: ResourceType;
  args(place: Place, made: Outputs): Bag;
  /** What can be changed in place. */
  readonly change?: Bag;
}[] = [
  {
    type: "MasterKey",
    args: ({ sqlServer }) => ({ sqlServer, password: "Kept-in-a-safe-place-1" }),
  },
  { type: "SqlServerCertificate", args: ({ sqlServer }) => ({ sqlServer }) },
  {
    type: "TrustCertificate",
    args: ({ sqlServer, managedInstanceId }, { SqlServerCertificate: certificate }) => ({
      managedInstanceId,
      certificateName: certificate?.certificateName,
      publicKey: certificate?.publicKey,
      sqlServer,
    }),
  },
  {
    type: "TrustedRoots",
    args: ({ sqlServer }) => ({ sqlServer }),
    change: { dnsPattern: "*.database.usgovcloudapi.net" },
  },
  {
    type: "ManagedInstanceCertificate",
    args: ({ sqlServer, managedInstanceId }) => ({ sqlServer, managedInstanceId }),
  },
  {
    type: "MirroringEndpoint",
    args: ({ sqlServer }, { SqlServerCertificate: certificate }) => ({
      sqlServer,
      certificateName: certificate?.certificateName,
    }),
    change: { port: 5023 },
  },
  {
    type: "FullRecoveryDatabase",
    args: ({ sqlServer }) => ({ sqlServer, databaseName: "db1" }),
  },
  {
    type: "AvailabilityGroup",
    args: ({ sqlServer, endpointUrl }) => ({ sqlServer, groupName: "AG_db1", databaseName: "db1", endpointUrl }),
    change: { endpointUrl: "TCP://10.0.0.9:5022" },
  },
  {
    type: "DistributedAvailabilityGroup",
    args: ({ sqlServer, endpointUrl }, { ManagedInstanceCertificate: certificate }) => ({
      sqlServer,
      groupName: "DAG_db1",
      localGroupName: "AG_db1",
      localUrl: endpointUrl,
      managedInstanceGroupName: "AG_db1_MI",
      managedInstanceFqdn: certificate?.fqdn,
    }),
    change: { localUrl: "TCP://10.0.0.9:5022", managedInstanceName: "sqlmi9" },
  },
  {
    type: "InstanceLink",
    args: ({ managedInstanceId, endpointUrl }) => ({
      managedInstanceId,
      linkName: "DAG_db1",
      databaseName: "db1",
      partnerAvailabilityGroupName: "AG_db1",
      partnerEndpoint: endpointUrl,
      instanceAvailabilityGroupName: "AG_db1_MI",
      databaseOnDelete: "Delete",
    }),
    change: { replicationMode: "Sync" },
  },
];

/** What names an object of each type, and says how its servers are reached. */
export const namesIn: Readonly<Record<ResourceType, readonly string[]>> = {
  MasterKey: ["sqlServer"],
  SqlServerCertificate: ["sqlServer", "certificateName"],
  TrustCertificate: ["managedInstanceId", "certificateName"],
  TrustedRoots: ["sqlServer"],
  ManagedInstanceCertificate: ["sqlServer", "managedInstanceId"],
  MirroringEndpoint: ["sqlServer"],
  FullRecoveryDatabase: ["sqlServer", "databaseName"],
  AvailabilityGroup: ["sqlServer", "groupName"],
  DistributedAvailabilityGroup: ["sqlServer", "groupName"],
  InstanceLink: ["managedInstanceId", "linkName"],
};

export type LinkPart = (typeof tenResources)[number];

/** Where a link is made. */
export interface Place {
  readonly sqlServer: Bag;
  readonly managedInstanceId: string;
  readonly endpointUrl: string;
  readonly config: Readonly<Record<string, string>>;
}

export function placeIn({ sqlServers: [server], managedInstances: [instance], arm, caFile }: Ready): Place {
  assert.ok(server && instance);
  const { host, port, user, password } = server;
  return {
    sqlServer: { host, port, user, password, caFile },
    managedInstanceId: instance.id,
    endpointUrl: `TCP://${host}:5022`,
    config: {
      "mi-link:armEndpoint": arm.endpoint,
      "mi-link:authorityHost": arm.authority,
      "mi-link:caFile": caFile,
      "azure-native:tenantId": arm.tenantId,
      "azure-native:clientId": arm.clientId,
      "azure-native:clientSecret": arm.clientSecret,
    },
  };
}

/** In this process, behind the real handler; Azure is looked at again after milliseconds. */
export async function providerOf(
  { type }: Pick<LinkPart, "type">,
  { config }: Place,
  warn: (message: string) => void = () => {},
): Promise<DynamicProvider> {
  const { signal } = new AbortController();
  const log = { status: async () => {}, warn: async (_urn: string | undefined, message: string) => warn(message) };
  const provider = dynamicProvider(type, resources[type].lifecycle(), hastyContext, signal, { log });
  await provider.configure({ config: { get: (key) => config[key] } });
  return provider;
}

export async function checkedArgs(provider: DynamicProvider, args: Bag): Promise<Bag> {
  const { inputs, failures } = await provider.check({}, args);
  assert.deepEqual(failures, []);
  return inputs;
}
