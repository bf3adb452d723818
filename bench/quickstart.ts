import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Lab, startLab } from "#lab/index";
import { disconnectAll } from "#provider/sql-server/connection";
import { azureEnvironment, quickstartConfig, quickstartEnvironment } from "#tools/lab";
import { openProject, succeeded } from "#tools/pulumi";
import { measureChain } from "./chain";

const root = join(__dirname, "..", "..");
const armLatency = 200;
const sqlLatency = 20;

/** `pulumi up` of the quick start, beside the chain of waits and the engine's own time in the same run. */
export async function measureQuickstart(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "mi-link-bench-"));
  try {
    const chain = await chainOfWaits();
    const floor = await engineFloor(join(folder, "floor"));
    const up = await quickstartUp(join(folder, "quickstart"));

    console.log(`The quick start with ${armLatency} ms an ARM request and ${sqlLatency} ms a SQL batch`);
    for (const [name, seconds] of Object.entries(chain.alone))
      console.log(`  ${name.padEnd(22)} ${show(seconds)} alone`);
    console.log(`  one after the other    ${show(chain.sum)}`);
    console.log(`  longest chain of waits ${show(chain.longest.seconds)} (${chain.longest.names.join(" -> ")})`);
    console.log(`  engine's own floor     ${show(floor)} (ten resources that do nothing, in the same order)`);
    console.log(`  pulumi up              ${show(up)}`);
    console.log(`  up / (chain + floor)   ${(up / (chain.longest.seconds + floor)).toFixed(2)}`);
    console.log(`  (up - floor) / chain   ${((up - floor) / chain.longest.seconds).toFixed(2)}, at most 1.30 wanted`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const show = (seconds: number): string => `${seconds.toFixed(2)} s`.padStart(8);

async function chainOfWaits() {
  // The first round also loads libraries, so it is not counted: it goes against a lab that answers at once.
  await chainAgainst(await startLab());
  return chainAgainst(await startLab({ armLatencyMilliseconds: armLatency, sqlLatencyMilliseconds: sqlLatency }));
}

async function chainAgainst(lab: Lab) {
  Object.assign(process.env, azureEnvironment(lab.ready));
  try {
    return await measureChain(lab.ready);
  } finally {
    await disconnectAll();
    await lab.close();
  }
}

async function engineFloor(stateDirectory: string): Promise<number> {
  const project = await openProject({ directory: join(root, "bench", "projects", "floor"), stateDirectory });
  return succeeded(await project.up()).seconds;
}

async function quickstartUp(stateDirectory: string): Promise<number> {
  const lab = await startLab({ armLatencyMilliseconds: armLatency, sqlLatencyMilliseconds: sqlLatency });
  try {
    const project = await openProject({ directory: root, stateDirectory, env: quickstartEnvironment(lab.ready) });
    await project.config(quickstartConfig(lab.ready));
    return succeeded(await project.up()).seconds;
  } finally {
    await lab.close();
  }
}
