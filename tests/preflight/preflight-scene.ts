import assert from "node:assert/strict";
import type { JournalEntry, Lab } from "#lab/index";
import { type BothSides, type BothSidesOptions, startBothSides } from "#lab-tests/both-sides";
import type { PreflightArgs, PreflightReport } from "#provider/index";
import { look } from "#provider/preflight/preflight";
import { disconnectAll } from "#provider/sql-server/connection";
import { hastyContext } from "../provider/azure/azure-scene";

/** A lab on which a link can be made, and a preflight that may only read. */
export interface PreflightScene extends BothSides {
  sql(text: string): Promise<Record<string, unknown>[]>;
  /** What a preflight finds. It fails where that did more than read. */
  preflight(args?: Asked): Promise<PreflightReport>;
  readonly server: BothSides["lab"]["ready"]["sqlServers"][number];
  readonly instance: BothSides["lab"]["ready"]["managedInstances"][number];
}

/** Beside that, the certificates of both sides and the endpoint are there. */
export async function startClean(options: BothSidesOptions = {}): Promise<PreflightScene> {
  const scene = await start(options);
  await scene.trust();
  return scene;
}

/** A lab with the recommended trace flags and a database that can be linked. */
export async function start(options: BothSidesOptions = {}): Promise<PreflightScene> {
  const sides = await startBothSides({ startupTraceFlags: [1800, 9567], ...options });
  const { lab } = sides;
  const [server] = lab.ready.sqlServers;
  const [instance] = lab.ready.managedInstances;
  assert.ok(server && instance);
  await sides.sqlServer.request().batch("BACKUP DATABASE db1 TO DISK = 'db1.bak'");
  if (lab.sqlServer(server.name).majorVersion >= 2019)
    await sides.sqlServer.request().batch("ALTER DATABASE db1 SET ACCELERATED_DATABASE_RECOVERY = ON");
  return {
    ...sides,
    server,
    instance,
    sql: async (text) => (await sides.sqlServer.request().batch<Record<string, unknown>>(text)).recordset ?? [],
    preflight: preflightOn(sides),
  };
}

export interface Asked extends Partial<PreflightArgs> {
  /** Settings of Azure in place of the lab's. */
  readonly config?: Readonly<Record<string, string>>;
}

/** Where a stack's configuration would point the provider at the lab's Azure. */
export const azureSettings = ({ ready: { arm, caFile } }: Lab): Readonly<Record<string, string>> => ({
  "mi-link:armEndpoint": arm.endpoint,
  "mi-link:authorityHost": arm.authority,
  "mi-link:caFile": caFile,
  "azure-native:tenantId": arm.tenantId,
  "azure-native:clientId": arm.clientId,
  "azure-native:clientSecret": arm.clientSecret,
});

export function preflightOn({ lab }: BothSides): PreflightScene["preflight"] {
  const { caFile, sqlServers, managedInstances } = lab.ready;
  const [server] = sqlServers;
  const [instance] = managedInstances;
  assert.ok(server && instance);
  const { host, port, user, password } = server;
  const usual = {
    sqlServer: { host, port, user, password, caFile },
    managedInstanceId: instance.id,
    databases: ["db1"],
  };
  return async ({ config, ...args } = {}) => {
    const settings = { ...azureSettings(lab), ...config };
    const from = lab.journal.entries.length;
    const { signal } = new AbortController();
    const context = hastyContext({ signal, status: () => {}, warn: () => {}, config: (key) => settings[key] });
    try {
      return await look({ ...usual, ...args }, context);
    } finally {
      await disconnectAll();
      for (const entry of lab.journal.entries.slice(from)) requireRead(entry);
    }
  };
}

/** What the driver sends when it connects, and what only looks. */
const reads = [
  /^set ansi_nulls on\n/,
  /^SELECT\b(?!.*\bINTO\b)/s,
  /^DBCC TRACESTATUS \([\d, ]+\)$/,
  /^EXEC sys\.sp_multidb_milink$/,
];

function requireRead(entry: JournalEntry): void {
  if (entry.kind === "request")
    assert.ok(entry.method === "GET" || entry.path.endsWith("/token"), `${entry.method} ${entry.path}`);
  if (entry.kind !== "statement" || entry.application !== "pulumi-mi-link") return;
  for (const statement of entry.text.startsWith("set ") ? [entry.text] : entry.text.split(";\n"))
    assert.ok(
      reads.some((read) => read.test(statement)),
      statement,
    );
}
