import assert from "node:assert/strict";
import type { Step } from "#provider/index";
import type { Planted } from "./planted-problems";
import type { PreflightScene } from "./preflight-scene";

/** Carries out the steps of a remedy as they are printed, each in its place. */
export async function carryOut(
  steps: readonly Step[],
  scene: PreflightScene,
  { filledIn = {}, inWords }: Pick<Planted, "filledIn" | "inWords">,
): Promise<void> {
  for (const { how, text } of steps) {
    const filled = Object.entries(filledIn).reduce((line, [from, to]) => line.replaceAll(from, to), text);
    if (how === "sql-server") await scene.sql(filled);
    else if (how === "azure-cli") await az(scene, filled);
    else if (how === "words") await inWords?.(scene);
    else await onHost(scene, filled);
  }
}

/** The lines of the Azure CLI that remedies have, as that sends them. */
async function az(scene: PreflightScene, line: string): Promise<void> {
  const { id, name } = scene.instance;
  const [, subscription = "", group = ""] = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)/.exec(id) ?? [];
  const usual = `-g ${group} --mi ${name} --subscription ${subscription}`;
  const lines: readonly (readonly [RegExp, (...found: string[]) => Promise<unknown>])[] = [
    [new RegExp(`^az sql mi start ${usual}$`), () => scene.finished("POST", "start")],
    [
      new RegExp(`^az sql mi update --ids ${id} --storage (\\d+)GB$`),
      (size = "") => scene.finished("PATCH", "", { properties: { storageSizeInGB: Number(size) } }),
    ],
    [
      new RegExp(`^az sql mi update --ids ${id} --database-format (\\w+)$`),
      (databaseFormat) => scene.finished("PATCH", "", { properties: { databaseFormat } }),
    ],
  ];
  for (const [form, send] of lines) {
    const found = form.exec(line);
    if (found) return void (await send(...found.slice(1)));
  }
  assert.fail(`the lab cannot run this: ${line}`);
}

/** What somebody does at the machine of the SQL Server. */
async function onHost({ lab, server }: PreflightScene, line: string): Promise<void> {
  const instance = lab.sqlServer(server.name);
  if (line === "sudo systemctl restart mssql-server") return await lab.restart(server.name);
  if (line === "sudo /opt/mssql/bin/mssql-conf set hadr.hadrenabled 1" || /^Enable-SqlAlwaysOn /.test(line))
    instance.isHadrEnabled = true;
  else if (/^sudo chronyc makestep$|^w32tm \/resync \/force$/.test(line)) instance.clockAheadMilliseconds = 0;
  else assert.match(line, /^sudo \/opt\/mssql\/bin\/mssql-conf traceflag \d+ on$/);
}
