/** `npm run demo`: a real engine brings up a whole link against the lab, repairs it after a hand-made change, and takes it down. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openArmClient, openSqlClient } from "./clients";
import { quickstartConfig, quickstartEnvironment, startLabProcess } from "./lab";
import { compareSnapshots, takeSnapshot } from "./leftovers";
import { type Operation, openProject } from "./pulumi";
import { type LinkReport, waitForLink } from "./verify";

const root = join(__dirname, "..", "..");

interface Timed {
  readonly name: string;
  readonly seconds: number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { json: { type: "string" } } });
  const steps: Timed[] = [{ name: "set-up", seconds: rounded(Number(process.env.MI_LINK_SETUP_SECONDS ?? 0)) }];
  const folder = await mkdtemp(join(tmpdir(), "mi-link-demo-"));

  const step = async <T>(name: string, title: string, body: () => Promise<T>): Promise<T> => {
    console.log(`\n== ${title}`);
    const start = performance.now();
    const result = await body();
    steps.push({ name, seconds: rounded((performance.now() - start) / 1000) });
    return result;
  };

  const lab = await step("lab", "A SQL Server and a managed instance (the lab)", () => startLabProcess());
  try {
    const { ready } = lab;
    const { plain } = quickstartConfig(ready);
    const [server] = ready.sqlServers;
    const [instance] = ready.managedInstances;
    if (!server || !instance) throw new Error("the lab is empty");
    console.log(
      `${server.name} ${server.version} at ${server.host}:${server.port}, database ${plain.database}, never backed up`,
    );
    console.log(`${instance.name} at ${instance.fqdn}`);

    const { database } = plain;
    const names = { link: `DAG_${database}`, group: `AG_${database}`, instanceGroup: `AG_${database}_MI` };
    const sqlServer = await openSqlClient(server, ready.caFile);
    const managedInstance = await openSqlClient(instance, ready.caFile);
    const arm = await openArmClient(ready.arm, ready.caFile);
    const sides = { sqlServer, managedInstance, arm, managedInstanceId: instance.id };
    const project = await openProject({ directory: root, stateDirectory: folder, env: quickstartEnvironment(ready) });
    await project.config({ plain });
    const before = await takeSnapshot(sides);

    await step("preview", "pulumi preview: what would be made", async () => show(await project.preview()));
    await step("up", "pulumi up: make it so", async () => succeededOrThrow(await project.up({ onOutput: echo })));
    const report = await step(
      "verify",
      "Both sides, asked by a SQL client with the documentation's queries",
      async () => tell(await waitForLink(sqlServer, managedInstance, names)),
    );
    await step("preview-again", "pulumi preview: nothing to do", async () =>
      expectNoChanges(show(await project.preview())),
    );
    await step("drift", "A DBA stops the endpoint by hand; pulumi refresh finds it", async () => {
      await sqlServer.query("ALTER ENDPOINT [database_mirroring_endpoint] STATE = STOPPED");
      show(await project.refresh());
      const preview = expectChanges(await project.preview({ args: ["--diff"] }));
      console.log(
        preview.stdout
          .split("\n")
          .filter((line) => /^\s+[~+-] /.test(line))
          .join("\n"),
      );
    });
    const repaired = await step("repair", "pulumi up: repair it", async () => {
      succeededOrThrow(await project.up({ onOutput: echo }));
      return tell(await waitForLink(sqlServer, managedInstance, names));
    });
    const leftovers = await step(
      "destroy",
      "pulumi destroy: take it down, then compare catalog views and ARM lists with those from before",
      async () => {
        succeededOrThrow(await project.destroy({ onOutput: echo }));
        return compareSnapshots(before, await takeSnapshot(sides));
      },
    );
    console.log(
      leftovers.length === 0 ? "nothing is left but the backup file" : `left behind:\n  ${leftovers.join("\n  ")}`,
    );

    await Promise.all([sqlServer.close(), managedInstance.close()]);
    const connected = report.connected && repaired.connected;
    const result = { steps, connected, leftovers };
    if (values.json) await writeFile(values.json, `${JSON.stringify(result, undefined, 2)}\n`);
    console.log(`\n${steps.map(({ name, seconds }) => `${name} ${seconds} s`).join(", ")}`);
    return connected && leftovers.length === 0 ? 0 : 1;
  } finally {
    await lab.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const rounded = (seconds: number): number => Math.round(seconds * 10) / 10;

/** What Pulumi prints while it works, a line each for what has begun, gone on or ended. */
function echo(text: string): void {
  const lines = text.split("\n").filter((line) => /^ [+~-] .*pulumi-nodejs:dynamic/.test(line));
  for (const line of lines) console.log(`  ${line.trim().replace("pulumi-nodejs:dynamic/mi-link:", "")}`);
}

const succeededOrThrow = (operation: Operation): Operation => {
  if (!operation.ok) throw new Error(`pulumi failed:\n${operation.stdout}${operation.stderr}`);
  return operation;
};

/** The resources that would change, or have changed. */
function show(operation: Operation): Operation {
  const { changes } = succeededOrThrow(operation);
  const resources = changes.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic"));
  for (const { op, type, name } of resources) console.log(`  ${op} ${type.split(":").at(-1)} ${name}`);
  if (resources.length === 0) console.log("  no changes");
  return operation;
}

function expectNoChanges({ changes }: Operation): void {
  if (changes.length > 0) throw new Error(`no change was expected, and ${changes.length} were found`);
}

function expectChanges(operation: Operation): Operation {
  if (operation.changes.length === 0) throw new Error("the change made by hand was not found");
  return operation;
}

function tell(report: LinkReport): LinkReport {
  for (const [side, { role, connectedState, health, lastError }] of [
    ["SQL Server", report.sqlServer],
    ["managed instance", report.managedInstance],
  ] as const) {
    console.log(`  ${side}: ${[role, connectedState, health, lastError].filter(Boolean).join(", ")}`);
  }
  return report;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(`\nThe demo failed: ${error.message}`);
    process.exitCode = 1;
  },
);
