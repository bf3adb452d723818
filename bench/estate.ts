import { readFile } from "node:fs/promises";
import { connect } from "mssql";
import type { Ready } from "#lab/ready";
import { startLabProcess } from "#tools/lab";
import { makeLink } from "./chain";
import { median, show, timed } from "./figures";
import { measureLooks } from "./looks";
import { memoryOf, startServerProcess } from "./server-process";

const rounds = 3;
const estates = [
  {
    name: "50 SQL Servers, 10 managed instances, 20 databases each",
    sqlServers: 50,
    managedInstances: 10,
    databases: 20,
  },
  { name: "1 SQL Server, 1 managed instance, 1000 databases", sqlServers: 1, managedInstances: 1, databases: 1000 },
];

/** Labs with 1,000 databases: how long they take to start, and the memory they need at rest and once they were used. */
export async function measureEstate(): Promise<void> {
  for (const { name, ...estate } of estates) {
    const measured: Awaited<ReturnType<typeof startAndUse>>[] = [];
    for (let round = 0; round < rounds; round++) measured.push(await startAndUse(estate));
    console.log(`${name}, medians of ${rounds}`);
    const ratio = median(measured.map(({ start, bare }) => start / bare)).toFixed(1);
    show(
      "start, until the ready file",
      median(measured.map(({ start }) => start)),
      "ms",
      `${ratio} of a bare TDS socket's, less than 5000 ms wanted`,
    );
    for (const [moment, label] of moments) {
      const seen = measured.flatMap((each) => each[moment] ?? []);
      if (seen.length === 0) continue;
      const peak = Math.round(median(seen.map(({ peakMegabytes }) => peakMegabytes)));
      show(
        label,
        median(seen.map(({ megabytes }) => megabytes)),
        "MB",
        `${peak} MB at its highest, less than 600 wanted`,
      );
    }
  }
  await measureLooks();
}

const moments = [
  ["started", "resident set once started"],
  ["used", "... once every instance was asked and one linked"],
] as const;

type Estate = Omit<(typeof estates)[number], "name">;

async function startAndUse({ sqlServers, managedInstances, databases }: Estate) {
  const bare = await timed(() => startServerProcess("bare"));
  await bare.result.stop();
  const counts = { "--sql-servers": sqlServers, "--managed-instances": managedInstances, "--databases": databases };
  const args = Object.entries(counts).flatMap(([option, count]) => [option, String(count)]);
  const { result: lab, milliseconds } = await timed(() => startLabProcess(args));
  try {
    const started = await memoryOf(lab.pid);
    const found = await countDatabases(lab.ready);
    const missing = sqlServers * (databases + 4) + managedInstances * 4 - found;
    if (missing !== 0) throw new Error(`${missing} databases are missing`);
    await makeLink(lab.ready);
    return { start: milliseconds, bare: bare.milliseconds, started, used: await memoryOf(lab.pid) };
  } finally {
    await lab.stop();
  }
}

/** Signs in to each instance and reads what databases it has. */
async function countDatabases({ sqlServers, managedInstances, caFile }: Ready): Promise<number> {
  const ca = await readFile(caFile, "utf8");
  let found = 0;
  for (const { host, port, user, password } of [...sqlServers, ...managedInstances]) {
    const options = { encrypt: true, trustServerCertificate: false, cryptoCredentialsDetails: { ca } };
    const pool = await connect({ server: host, port, user, password, options });
    found += (await pool.request().batch("SELECT * FROM sys.databases")).recordset.length;
    await pool.close();
  }
  return found;
}
