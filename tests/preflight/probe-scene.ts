import assert from "node:assert/strict";
import { ConnectionPool } from "mssql";
import { type JournalEntry, type Lab, type LabOptions, startLab } from "#lab/index";
import type { SqlServer } from "#provider/arguments/sql-server-settings";
import { type Context, newContext } from "#provider/lifecycle/context";
import type { Finding } from "#provider/preflight/finding";
import { type Probe, probeNetwork } from "#provider/preflight/probe/probe";
import { disconnectAll } from "#provider/sql-server/connection";

/** A lab on Windows, and tests of the network between its two servers. */
export interface ProbeScene {
  readonly lab: Lab;
  readonly probe: Probe;
  /** What was announced and what was sent, in order: "say: ...", "sqlserver1: ...". */
  readonly log: string[];
  test(changes?: Partial<Probe>, context?: Partial<Context>): Promise<Finding[]>;
  context(changes?: Partial<Context>): Context;
  /** What a test could leave behind on either server. */
  objects(): Promise<string[]>;
  query(server: "sqlserver1" | "sqlmi1", text: string): Promise<void>;
  close(): Promise<void>;
}

const looks = [
  "SELECT N'certificate ' + name AS thing FROM sys.certificates",
  "SELECT N'endpoint ' + e.name + N' ' + e.state_desc + N' ' + CONVERT(nvarchar(10), t.port) FROM sys.endpoints e JOIN sys.tcp_endpoints t ON t.endpoint_id = e.endpoint_id WHERE t.port > 0",
  "SELECT N'note ' + name + CONVERT(nvarchar(4000), value) FROM sys.extended_properties",
  "SELECT N'job ' + name + N' ' + ISNULL(description, N'') FROM msdb.dbo.sysjobs",
  "SELECT N'step ' + step_name FROM msdb.dbo.sysjobsteps",
  "SELECT N'run ' + step_name FROM msdb.dbo.sysjobhistory",
  "SELECT N'login ' + name FROM sys.server_principals",
  "SELECT N'key ' + name FROM sys.symmetric_keys",
  "SELECT N'database ' + name FROM sys.databases",
];

export async function openProbeScene(options: LabOptions = {}): Promise<ProbeScene> {
  const log: string[] = [];
  const onJournalEntry = (entry: JournalEntry) => {
    if (entry.kind === "statement" && entry.application === "pulumi-mi-link")
      log.push(`${entry.instance}: ${entry.text}`);
    if (entry.kind === "request") log.push(`azure: ${entry.method} ${entry.path}`);
  };
  const lab = await startLab({ windows: true, ...options, onJournalEntry });
  const [server] = lab.ready.sqlServers;
  const [instance] = lab.ready.managedInstances;
  assert.ok(server && instance);
  const settings = ({ host, port, user, password }: Omit<SqlServer, "password"> & { password: string }): SqlServer => ({
    ...{ host, port, user, password },
    caFile: lab.ready.caFile,
  });
  const pools = await Promise.all(
    [server, instance].map(({ host, port, user, password }) =>
      new ConnectionPool({
        ...{ server: host, port, user, password, database: "master" },
        options: { trustServerCertificate: true },
      }).connect(),
    ),
  );
  const [onServer, onInstance] = pools;
  assert.ok(onServer && onInstance);
  const probe: Probe = {
    sqlServer: settings(server),
    instanceFqdn: instance.fqdn,
    instanceServer: settings(instance),
    endpointHost: server.host,
    announce: (sentence) => void log.push(`say: ${sentence}`),
  };
  const context = (changes: Partial<Context> = {}): Context => ({
    ...newContext({
      signal: changes.signal ?? new AbortController().signal,
      status: () => {},
      warn: assert.fail,
      config: () => undefined,
    }),
    ...changes,
  });
  return {
    lab,
    probe,
    log,
    context,
    test: (changes, given) => probeNetwork({ ...probe, ...changes }, context(given)),
    async objects() {
      const found: string[] = [];
      for (const [name, pool] of [
        ["sqlserver1", onServer],
        ["sqlmi1", onInstance],
      ] as const)
        for (const look of looks) {
          const { recordset } = await pool.request().query<Record<string, string>>(look);
          found.push(...recordset.map((row) => `${name}: ${Object.values(row).join()}`));
        }
      return found;
    },
    async query(name, text) {
      await (name === "sqlmi1" ? onInstance : onServer).request().batch(text);
    },
    async close() {
      await Promise.all([...pools.map((pool) => pool.close()), disconnectAll()]);
      await lab.close();
    },
  };
}

export const verdicts = (findings: readonly Finding[]): Record<string, string> =>
  Object.fromEntries(findings.map(({ id, verdict }) => [id, verdict]));

/** The finding of an id: there is one. */
export function findingOf(findings: readonly Finding[], id: string): Finding {
  const [found, ...more] = findings.filter((finding) => finding.id === id);
  assert.ok(found && more.length === 0, id);
  return found;
}

export const isChange = (line: string): boolean => /CREATE |DROP |ALTER |EXEC /.test(line);
