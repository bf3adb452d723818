import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JournalEntry, type Lab, type LabOptions, startLab } from "#lab/index";
import { type ArmClient, openArmClient, openSqlClient, type SqlClient } from "#tools/clients";
import { quickstartConfig, quickstartEnvironment } from "#tools/lab";
import { hermeticEnvironment, openProject, type Project } from "#tools/pulumi";
import { type LinkReport, waitForLink } from "#tools/verify";
import { repositoryRoot } from "./repository";

/** The quick start against a lab of its own, with a console on both sides. */
export interface Quickstart {
  readonly lab: Lab;
  readonly project: Project;
  readonly sqlServer: SqlClient;
  readonly managedInstance: SqlClient;
  readonly arm: ArmClient;
  readonly managedInstanceId: string;
  readonly names: {
    readonly link: string;
    readonly group: string;
    readonly instanceGroup: string;
    readonly database: string;
  };
  /** Values that must not be seen anywhere. */
  readonly secrets: readonly string[];
  /** What the program and the provider find in their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The folder of the stack's state. */
  readonly folder: string;
  verify(): Promise<LinkReport>;
  close(): Promise<void>;
}

export async function startQuickstart(
  options: LabOptions = {},
  directory = repositoryRoot,
  path: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): Promise<Quickstart> {
  const folder = await mkdtemp(join(tmpdir(), "mi-link-test-"));
  const lab = await startLab(options);
  const { ready } = lab;
  const [server] = ready.sqlServers;
  const [instance] = ready.managedInstances;
  if (!server || !instance) throw new Error("the lab is empty");
  const env: Record<string, string> = {
    ...quickstartEnvironment(ready),
    MI_LINK_TRANSCRIPT: join(folder, "transcript.txt"),
    ...more,
  };
  const [sqlServer, managedInstance, arm, project] = await Promise.all([
    openSqlClient(server, ready.caFile),
    openSqlClient(instance, ready.caFile),
    openArmClient(ready.arm, ready.caFile),
    openProject({ directory, stateDirectory: folder, env, path }),
  ]);
  const config = quickstartConfig(ready);
  await project.config(config);
  const { database } = config.plain;
  const names = { link: `DAG_${database}`, group: `AG_${database}`, instanceGroup: `AG_${database}_MI`, database };
  return {
    lab,
    project,
    sqlServer,
    managedInstance,
    arm,
    managedInstanceId: instance.id,
    names,
    env,
    secrets: [env.SQL_SERVER_PASSWORD, env.MASTER_KEY_PASSWORD, ready.arm.clientSecret].filter((s) => s !== undefined),
    folder,
    verify: () => waitForLink(sqlServer, managedInstance, names, 20),
    async close() {
      await Promise.all([sqlServer.close(), managedInstance.close()]);
      await lab.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** For the environment of Pulumi: Azure is looked at again soon, as the lab is always up to date. */
export const lookingAgainSoon = (): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `${hermeticEnvironment({ stateDirectory: "" }).NODE_OPTIONS} --require "${join(__dirname, "soon.js")}"`,
});

/** What the program itself asked of the lab: not the consoles of the tests. */
export function askedByProvider(lab: Lab, since = 0): JournalEntry[] {
  return lab.journal.entries
    .slice(since)
    .filter((entry) => entry.kind === "request" || ("application" in entry && entry.application === "pulumi-mi-link"));
}
