import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { AzureClient, SqlClient } from "./client";
import { clients } from "./clients";
import { ensureInstallation, type Installation } from "./installation";
import { type Judgement, judge, notRun } from "./judgement";
import { table, writeTable } from "./report";

const usage = `usage: npm run test:clients -- [--json FILE] [--only NAME]

Installs the programs that judge the lab, runs them all, and writes what they saw into lab/README.md.

  --json FILE   the same as JSON
  --only NAME   one client, without writing into lab/README.md
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { json: { type: "string" }, only: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const wanted = clients.filter(({ name }) => values.only === undefined || name === values.only);
  const installations = installAll(wanted);
  const judgements: Judgement[] = [];
  for (const [at, client] of wanted.entries()) {
    const judgement = await judged(client, await installations[at]);
    judgements.push(judgement);
    process.stdout.write(`${line(judgement)}\n`);
  }
  process.stdout.write(`\n${table(judgements)}\n`);
  if (values.json) await writeFile(values.json, `${JSON.stringify({ clients: judgements }, undefined, 2)}\n`);
  if (values.only === undefined) await writeTable(judgements);
  const disagreeing = judgements.filter(({ ran, batches, agreed }) => ran && agreed < batches);
  const heard = wanted.filter((client, at) => judgements[at]?.ran && !isOfNpm(client));
  process.stdout.write(
    `\n${judgements.filter(({ ran }) => ran).length - disagreeing.length} passed, ${disagreeing.length} failed, ${judgements.filter(({ ran }) => !ran).length} skipped\n`,
  );
  if (heard.length === 0) process.stderr.write("No client ran but those of npm: that proves too little.\n");
  return disagreeing.length === 0 && heard.length > 0 ? 0 : 1;
}

const isOfNpm = ({ needs }: SqlClient | AzureClient) => needs.every((command) => command === "npm");

/** Two at a time; they wait on the network more than on the processor. */
function installAll(wanted: readonly (SqlClient | AzureClient)[]): readonly Promise<Installation>[] {
  const lanes: Promise<unknown>[] = [Promise.resolve(), Promise.resolve(), Promise.resolve()];
  return wanted.map((client, at) => {
    const lane = at % lanes.length;
    const installation = (lanes[lane] ?? Promise.resolve()).then(() => ensureInstallation(client));
    lanes[lane] = installation;
    return installation;
  });
}

async function judged(client: SqlClient | AzureClient, installation: Installation | undefined): Promise<Judgement> {
  if (!installation || "reason" in installation) return notRun(client, installation?.reason ?? "not installed");
  return judge(client, installation.folder);
}

function line({ name, version, batches, agreed, ran, reason }: Judgement): string {
  const title = `${name} ${version}`.padEnd(26);
  return `${title}${ran ? `${agreed} of ${batches}` : "not run"}${reason ? `  ${reason}` : ""}`;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n\n${usage}`);
    process.exitCode = 1;
  },
);
