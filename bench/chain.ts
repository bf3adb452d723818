import type { Ready } from "#lab/ready";
import { handler, type ResourceType } from "#provider/dynamic/index";
import { disconnectAll } from "#provider/sql-server/connection";
import { azureEnvironment } from "#tools/lab";

type Bag = Record<string, unknown>;

interface Step {
  readonly name: string;
  readonly type: ResourceType;
  /** What has to be there before it is made, as SQL Server and Azure demand it; the components may wait for more. */
  readonly needs: readonly string[];
  inputs(outs: (name: string) => Bag): Bag;
}

export interface Chain {
  /** Seconds that each resource takes when it is created alone, its waits for the lab included. */
  readonly alone: Readonly<Record<string, number>>;
  readonly longest: { readonly names: readonly string[]; readonly seconds: number };
  readonly sum: number;
}

/** Creates the quick start's ten resources one after the other, and finds the longest chain of what needs what. */
export async function measureChain(ready: Ready): Promise<Chain> {
  const outs = new Map<string, Bag>();
  const alone: Record<string, number> = {};
  const steps = stepsFor(ready);
  for (const step of steps) {
    const provider = handler(step.type);
    const { inputs, failures } = await provider.check(
      {},
      step.inputs((name) => outs.get(name) ?? {}),
    );
    if (failures.length > 0) throw new Error(`${step.name}: ${failures.map(({ reason }) => reason).join("; ")}`);
    const start = performance.now();
    outs.set(step.name, (await provider.create(inputs)).outs);
    alone[step.name] = (performance.now() - start) / 1000;
  }
  return { alone, longest: longestPath(steps, alone), sum: Object.values(alone).reduce((a, b) => a + b, 0) };
}

/** The quick start's link, of the first database. */
export async function makeLink(ready: Ready): Promise<void> {
  Object.assign(process.env, azureEnvironment(ready));
  try {
    await measureChain(ready);
  } finally {
    await disconnectAll();
  }
}

function longestPath(steps: readonly Step[], seconds: Readonly<Record<string, number>>): Chain["longest"] {
  const best = new Map<string, Chain["longest"]>();
  for (const { name, needs } of steps) {
    const before = needs.flatMap((need) => best.get(need) ?? []).sort((a, b) => b.seconds - a.seconds)[0] ?? {
      names: [],
      seconds: 0,
    };
    best.set(name, { names: [...before.names, name], seconds: before.seconds + (seconds[name] ?? 0) });
  }
  return [...best.values()].sort((a, b) => b.seconds - a.seconds)[0] ?? { names: [], seconds: 0 };
}

function stepsFor(ready: Ready): readonly Step[] {
  const [server] = ready.sqlServers;
  const [instance] = ready.managedInstances;
  const databaseName = server?.databases[0];
  if (!server || !instance || !databaseName) throw new Error("the lab is empty");
  const sqlServer = {
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
    caFile: ready.caFile,
  };
  const managedInstanceId = instance.id;
  const url = `TCP://${server.host}:5022`;
  const [groupName, linkName, instanceGroup] = [`AG_${databaseName}`, `DAG_${databaseName}`, `AG_${databaseName}_MI`];
  return [
    {
      name: "master-key",
      type: "MasterKey",
      needs: [],
      inputs: () => ({ sqlServer, password: "Kept-in-a-safe-place-1" }),
    },
    { name: "certificate", type: "SqlServerCertificate", needs: ["master-key"], inputs: () => ({ sqlServer }) },
    {
      name: "trust",
      type: "TrustCertificate",
      needs: ["certificate"],
      inputs: (outs) => ({
        managedInstanceId,
        certificateName: outs("certificate").certificateName,
        publicKey: outs("certificate").publicKey,
      }),
    },
    {
      name: "instance-certificate",
      type: "ManagedInstanceCertificate",
      needs: [],
      inputs: () => ({ sqlServer, managedInstanceId }),
    },
    { name: "roots", type: "TrustedRoots", needs: [], inputs: () => ({ sqlServer }) },
    {
      name: "endpoint",
      type: "MirroringEndpoint",
      needs: ["certificate"],
      inputs: (outs) => ({ sqlServer, certificateName: outs("certificate").certificateName }),
    },
    { name: "database", type: "FullRecoveryDatabase", needs: [], inputs: () => ({ sqlServer, databaseName }) },
    {
      name: "group",
      type: "AvailabilityGroup",
      needs: ["database", "endpoint"],
      inputs: () => ({ sqlServer, groupName, databaseName, endpointUrl: url }),
    },
    {
      name: "distributed-group",
      type: "DistributedAvailabilityGroup",
      needs: ["group", "instance-certificate"],
      inputs: (outs) => ({
        sqlServer,
        groupName: linkName,
        localGroupName: groupName,
        localUrl: url,
        managedInstanceGroupName: instanceGroup,
        managedInstanceFqdn: outs("instance-certificate").fqdn,
      }),
    },
    {
      name: "link",
      type: "InstanceLink",
      needs: ["distributed-group", "trust", "roots"],
      inputs: () => ({
        managedInstanceId,
        linkName,
        databaseName,
        partnerAvailabilityGroupName: groupName,
        partnerEndpoint: url,
        instanceAvailabilityGroupName: instanceGroup,
        databaseOnDelete: "Delete",
      }),
    },
  ];
}
