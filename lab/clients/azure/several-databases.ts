import { setTimeout as delay } from "node:timers/promises";
import { type BothSides, startBothSides } from "../../tests/both-sides";
import type { AzureClient, AzureSession } from "../client";
import type { Step } from "../step";
import { fieldsOf, hasNames } from "./expected";

/** A link of several databases, by clients that know of it: made, changed and taken down by their own commands. */
export async function judgeSeveralDatabases(client: AzureClient, folder: string): Promise<readonly Step[]> {
  const { linksSeveral } = client;
  if (!linksSeveral) return [];
  // See `options` of the procedure: the first answer to a poll is to be the last.
  const sides = await startBothSides({
    ...{ sqlBuild: "16.0.4275.1", databases: 2 },
    ...{ armLatencyMilliseconds: 100, seedingBytesPerSecond: 2 ** 40 },
  });
  const azure = await client.open(folder, sides.lab.ready);
  try {
    await prepare(sides);
    await azure.call({ do: "sign in" });
    return await steps(azure, linksSeveral, sides);
  } finally {
    await Promise.all([azure.close(), sides.close()]);
  }
}

async function prepare({ sqlServer, trust, localGroup, distributedGroup }: BothSides): Promise<void> {
  await trust();
  const batches = [
    "EXEC sys.sp_multidb_milink 1",
    "BACKUP DATABASE db1 TO DISK = N'/db1.bak'",
    "BACKUP DATABASE db2 TO DISK = N'/db2.bak'",
    localGroup("DATABASE db1, db2 "),
    distributedGroup(),
  ];
  for (const batch of batches) await sqlServer.request().batch(batch);
}

async function steps(
  azure: AzureSession,
  { create, update }: NonNullable<AzureClient["linksSeveral"]>,
  { sqlServer, partnerEndpoint }: BothSides,
): Promise<readonly Step[]> {
  const done: Step[] = [];
  const note = async (what: string, work: () => Promise<string | undefined>) => {
    done.push({ what, disagreement: await work().catch(String) });
  };
  const shown = () => azure.call({ do: "show link", name: "dag" });
  await note("create a link of several databases", async () => {
    const request = { name: "dag", sqlServerGroup: "ag", instanceGroup: "ag_mi", endpoint: partnerEndpoint };
    await azure.command?.(create({ ...request, databases: ["db1", "db2"] }));
    return eventually("db1 LinkSynchronizing, db2 LinkSynchronizing", shown);
  });
  await note("update the databases of a link", async () => {
    await sqlServer.request().batch("ALTER AVAILABILITY GROUP ag REMOVE DATABASE db1");
    await azure.command?.(update("dag", ["db2"]));
    return eventually("db2 LinkSynchronizing", shown);
  });
  await note("delete a link of several databases", async () => {
    await azure.call({ do: "delete link", name: "dag" });
    return hasNames()(await azure.call({ do: "list links" }));
  });
  return done;
}

/** Returns undefined once it has seen what is wanted, otherwise what it saw last. */
async function eventually(wanted: string, show: () => Promise<unknown>): Promise<string | undefined> {
  for (let left = 10; ; left--) {
    const { databases, linkMode } = fieldsOf(await show());
    const seen = (Array.isArray(databases) ? databases : [])
      .map((each) => `${fieldsOf(each).databaseName} ${fieldsOf(each).replicaState}`)
      .sort()
      .join(", ");
    if (linkMode === "MultiDatabase" && seen === wanted) return undefined;
    if (left === 0) return `${linkMode} with ${seen}, expected ${wanted}`;
    await delay(250);
  }
}
