import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openSqlClient, type SqlClient } from "#tools/clients";
import { succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "./quickstart";
import { repositoryRoot } from "./repository";
import type { Watched } from "./watcher";

/** The program `watched-links`, up: two links from two SQL Servers, one by components and one by resources. */
export interface WatchedLinks {
  readonly quickstart: Quickstart;
  readonly secondServer: SqlClient;
  readonly watched: Watched;
  close(): Promise<void>;
}

/** `added`: arguments of the program beyond its own, by resource. */
export async function startWatchedLinks(added: Readonly<Record<string, object>> = {}): Promise<WatchedLinks> {
  const directory = join(repositoryRoot, "tests", "engine", "projects", "watched-links");
  const quickstart = await startQuickstart({ sqlServers: 2, databases: 2 }, directory);
  try {
    const secondServer = await bringUp(quickstart, added);
    return {
      quickstart,
      secondServer,
      watched: { ...quickstart, otherServers: [secondServer] },
      async close() {
        await secondServer.close();
        await quickstart.close();
      },
    };
  } catch (error) {
    await quickstart.close();
    throw error;
  }
}

async function bringUp({ lab, folder, project }: Quickstart, added: object): Promise<SqlClient> {
  const [, second] = lab.ready.sqlServers;
  assert.ok(second);
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, second.password);
  await project.config({ plain: { secondHost: second.host, passwordFile, added: JSON.stringify(added) } });
  succeeded(await project.up());
  return await openSqlClient(second, lab.ready.caFile);
}
