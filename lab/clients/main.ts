import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { AzureClient, SqlClient } from "./client";
import { clients } from "./clients";
import { ensureInstallation, type Installation } from "./installation";
import { type Judgement, judge, notRun } from "./judgement";
import { createLanes } from "./lanes";
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
  const [installing, judging] = [createLanes(3), createLanes(2)];
  const running = wanted.map(async (client) => {
    const installation = await installing(() => ensureInstallation(client));
    return judging(() => judged(client, installation));
  });
  const judgements: Judgement[] = [];
  for (const judgement of running) {
    judgements.push(await judgement);
    process.stdout.write(`${line(await judgement)}\n`);
  }
  process.stdout.write(`\n${table(judgements)}\n`);
  if (values.json) await writeFile(values.json, `${JSON.stringify({ clients: judgements }, undefined, 2)}\n`);
  if (values.only === undefined) await writeTable(judgements);
  const ran = judgements.filter((judgement) => judgement.ran);
  const disagreeing = ran.filter(({ batches, agreed }) => agreed < batches);
  const skipped = judgements.length - ran.length;
  process.stdout.write(
    `\n${ran.length - disagreeing.length} passed, ${disagreeing.length} failed, ${skipped} skipped\n`,
  );
  const isProof = wanted.some((client, at) => judgements[at]?.ran && !isOfNpm(client));
  if (!isProof) process.stderr.write("No client ran but those of npm: that proves too little.\n");
  return disagreeing.length === 0 && isProof ? 0 : 1;
}

const isOfNpm = ({ needs }: SqlClient | AzureClient) => needs.every((command) => command === "npm");

async function judged(client: SqlClient | AzureClient, installation: Installation): Promise<Judgement> {
  return "reason" in installation ? notRun(client, installation.reason) : judge(client, installation.folder);
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
