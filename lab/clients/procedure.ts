import { setTimeout as delay } from "node:timers/promises";
import { type Lab, startLab } from "#lab/index";
import * as azureExpected from "./azure/expected";
import { ownAzure } from "./azure/own";
import { judgeSeveralDatabases } from "./azure/several-databases";
import type { AzureClient, AzureSession, BatchAnswer, Operation, SqlClient, SqlSession } from "./client";
import { disagreement, expectedAnswers } from "./expected";
import { certificateName, filled, groupName, linkName, type SeedValues, seedBatches } from "./seed";
import { mssql } from "./sql/mssql";
import type { Step } from "./step";

/** The result of each step, and the link as the client showed it in the end, in its own words. */
export interface Observation {
  readonly steps: readonly Step[];
  readonly saw: string;
}

/** Runs the whole procedure against a lab of its own: T-SQL by the client, Azure's part by our own requests. */
export function judgeSqlClient(client: SqlClient, folder: string): Promise<Observation> {
  return inFreshLab(async (lab, values) => {
    const sql = await client.connect(folder, addressOf(lab));
    const azure = ownAzure(lab.ready);
    const steps: Step[] = [];
    try {
      const run = batchRunner(sql, values, steps);
      const instanceCertificate = await trust(run, azure, values);
      await run(8, 23, instanceCertificate);
      const refused = await azure.call(createLink(values)).then(() => undefined, String);
      const [connections] = await run(24, 24);
      const broken = refused ?? (await linkTrouble(lab, values));
      const last = steps.pop();
      if (last) steps.push({ ...last, disagreement: last.disagreement ?? broken });
      return { steps, saw: replicasIn(connections) };
    } finally {
      await sql.close();
    }
  });
}

/** Runs the whole procedure: T-SQL by mssql, Azure's part by the client, which then takes the link down again. */
export function judgeAzureClient(client: AzureClient, folder: string): Promise<Observation> {
  return inFreshLab(async (lab, values) => {
    const sql = await mssql.connect("", addressOf(lab));
    const azure = await client.open(folder, lab.ready);
    try {
      const { steps, saw } = await azureProcedure(client, azure, sql, lab, values);
      return { steps: [...steps, ...(await judgeSeveralDatabases(client, folder))], saw };
    } finally {
      await Promise.all([sql.close(), azure.close()]);
    }
  });
}

async function azureProcedure(
  { parameters }: AzureClient,
  azure: AzureSession,
  sql: SqlSession,
  lab: Lab,
  values: SeedValues,
): Promise<Observation> {
  const steps: Step[] = [];
  const ask = async (operation: Operation, judge: azureExpected.Judge): Promise<unknown> => {
    try {
      const answer = await azure.call(operation);
      steps.push({ what: operation.do, disagreement: judge(answer) });
      return answer;
    } catch (error) {
      steps.push({ what: operation.do, disagreement: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  };
  const batches: Step[] = [];
  const run = batchRunner(sql, values, batches);
  const { anything, hasNames, isLink } = azureExpected;
  const name = certificateName(values);
  const link = linkName(values);
  const names = { ...createLink(values), name: link };

  await ask({ do: "sign in" }, anything);
  await ask({ do: "show instance" }, azureExpected.isInstance(lab.ready));
  const publicKey = keyOf((await run(0, 7)).at(-1));
  const trusted = azureExpected.isTrustCertificate(name, publicKey);
  await ask({ do: "create certificate", name, blob: `0x${publicKey}` }, trusted);
  await ask({ do: "show certificate", name }, trusted);
  await ask({ do: "list certificates" }, hasNames(name));
  const isEndpointCertificate = azureExpected.isEndpointCertificate(values.instanceFqdn);
  const endpoint = await ask({ do: "show endpoint certificate", type: "DATABASE_MIRRORING" }, isEndpointCertificate);
  await ask({ do: "list endpoint certificates" }, hasNames("DATABASE_MIRRORING", "SERVICE_BROKER"));
  await run(8, 23, String(azureExpected.fieldsOf(endpoint).publicBlob));
  await ask(createLink(values), isLink(parameters, names, "Async"));
  await run(24, 24);
  const trouble = await linkTrouble(lab, values);
  const broken = trouble ?? batches.find((batch) => batch.disagreement !== undefined)?.disagreement;
  const shown = await ask(
    { do: "show link", name: link },
    (answer) => isLink(parameters, names, "Async")(answer) ?? broken,
  );
  await ask({ do: "list links" }, hasNames(link));
  await ask({ do: "update link", name: link, replicationMode: "Sync" }, isLink(parameters, names, "Sync"));
  await ask({ do: "show link", name: link }, isLink(parameters, names, "Sync"));
  await ask({ do: "delete link", name: link }, anything);
  await ask({ do: "list links" }, hasNames());
  await ask({ do: "delete certificate", name }, anything);
  await ask({ do: "list certificates" }, hasNames());
  return { steps, saw: azureExpected.linkIn(shown) };
}

/** The procedure's last query: each replica with its state. */
const replicasIn = (answer: BatchAnswer | undefined) =>
  (answer?.sets[0]?.rows ?? []).map(([replica, , state]) => `${replica} ${state}`).join(", ");

type Run = (from: number, to: number, instanceCertificate?: string) => Promise<readonly BatchAnswer[]>;

function batchRunner(sql: SqlSession, values: SeedValues, steps: Step[]): Run {
  const expected = expectedAnswers(values);
  return async (from, to, instanceCertificate) => {
    const answers: BatchAnswer[] = [];
    for (let number = from; number <= to; number++) {
      const batch = filled(seedBatches[number] ?? "", { ...values, instanceCertificate });
      const answer = await sql.run(batch).catch(failed);
      answers.push(answer);
      steps.push({ what: `batch ${number + 1}`, disagreement: disagreement(answer, expected[number] ?? {}) });
    }
    return answers;
  };
}

/** The program ended, or said something else than an answer. */
const failed = (error: Error): BatchAnswer => ({ sets: [], messages: [], error: error.message });

/** Runs batches 1 to 8, which end with the key that the instance is to trust, and the key that SQL Server is to trust. */
async function trust(run: Run, azure: AzureSession, values: SeedValues): Promise<string> {
  const publicKey = keyOf((await run(0, 7)).at(-1));
  if (publicKey !== "")
    await azure.call({ do: "create certificate", name: certificateName(values), blob: `0x${publicKey}` });
  const endpoint = await azure.call({ do: "show endpoint certificate", type: "DATABASE_MIRRORING" });
  return String(azureExpected.fieldsOf(endpoint).publicBlob);
}

const keyOf = (answer: BatchAnswer | undefined) => answer?.sets[1]?.rows[0]?.[0] ?? "";

function createLink(values: SeedValues): Extract<Operation, { do: "create link" }> {
  return {
    do: "create link",
    name: linkName(values),
    sqlServerGroup: groupName(values),
    instanceGroup: values.instance,
    database: values.database,
    endpoint: `TCP://${values.sqlServerAddress}:5022`,
  };
}

/** The health of a link as the documentation asks for it. */
const health = (link: string) => `SELECT rs.role_desc, rs.connected_state_desc, rs.synchronization_health_desc
FROM sys.availability_groups ag
JOIN sys.dm_hadr_availability_replica_states rs ON ag.group_id = rs.group_id
WHERE ag.is_distributed = 1 AND ag.name = N'${link}' AND rs.is_local = 1`;

/** Asks both sides why the link is not connected and healthy; after it was made that may take a while. */
async function linkTrouble(lab: Lab, values: SeedValues): Promise<string | undefined> {
  const [sqlServer, instance] = await Promise.all([
    mssql.connect("", addressOf(lab)),
    mssql.connect("", instanceAddressOf(lab)),
  ]);
  try {
    for (let attempt = 0; ; attempt++) {
      const sides = await Promise.all([sqlServer, instance].map((side) => side.run(health(linkName(values)))));
      const seen = sides.map(({ sets, error }) => error ?? sets[0]?.rows.map((row) => row.join(" ")).join()).join("; ");
      if (seen === "PRIMARY CONNECTED HEALTHY; SECONDARY CONNECTED HEALTHY") return undefined;
      if (attempt === 40) return `the link is ${seen || "not there"}`;
      await delay(250);
    }
  } finally {
    await Promise.all([sqlServer.close(), instance.close()]);
  }
}

/**
 * The Azure CLI asks how an operation stands at once, and then waits for 30 seconds: where a request takes its time and
 * a copy does not, the first answer is the last.
 */
const options = { armLatencyMilliseconds: 100, seedingBytesPerSecond: 2 ** 40 };

async function inFreshLab<Result>(work: (lab: Lab, values: SeedValues) => Promise<Result>): Promise<Result> {
  const lab = await startLab(options);
  try {
    const [server] = lab.ready.sqlServers;
    const [instance] = lab.ready.managedInstances;
    const database = server?.databases[0];
    if (!server || !instance || !database) throw new Error("the lab has less than the procedure needs");
    return await work(lab, {
      database,
      sqlServer: server.name,
      sqlServerAddress: server.host,
      instance: instance.name,
      instanceFqdn: instance.fqdn,
    });
  } finally {
    await lab.close();
  }
}

function addressOf({ ready: { sqlServers, caFile } }: Lab) {
  const [server] = sqlServers;
  if (!server) throw new Error("the lab has no SQL Server");
  return { ...server, caFile };
}

function instanceAddressOf({ ready: { managedInstances, caFile } }: Lab) {
  const [instance] = managedInstances;
  if (!instance) throw new Error("the lab has no managed instance");
  return { ...instance, caFile };
}
