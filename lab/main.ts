#!/usr/bin/env node
import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { parseFaultRules } from "./faults/rules-file";
import { type Lab, type LabOptions, startLab } from "./index";

const usage = `Usage: mi-link-lab --ready-file FILE [options]

Serves SQL Servers and Azure on loopback addresses until it is interrupted.

  --ready-file FILE       written once everything serves: addresses, users, passwords (mode 0600)
  --sql-servers N         how many SQL Servers                              (1)
  --managed-instances N   how many managed instances                        (1)
  --databases N           databases of each SQL Server: db1, db2, ...       (1)
  --sql-version V         2016, 2017, 2019, 2022 or 2025                    (2022)
  --arm-latency MS        added to each request                             (0)
  --sql-latency MS        added to each batch                               (0)
  --faults FILE           JSON array of fault rules
  --journal FILE          JSON lines of what the lab is asked, appended as it happens
`;

/** What the user got wrong: shown with the usage, without a stack. */
class UsageError extends Error {}

async function main(args: readonly string[]): Promise<void> {
  const { values } = readArguments(args);
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const readyFile = values["ready-file"];
  if (!readyFile) throw new UsageError("--ready-file is missing: the file that will say where everything is");
  const journalFile = values.journal;
  const options: LabOptions = {
    sqlServers: count("--sql-servers", values["sql-servers"], 0, 80),
    managedInstances: count("--managed-instances", values["managed-instances"], 0, 100),
    databases: count("--databases", values.databases, 0, 10_000),
    sqlVersion: version(values["sql-version"]),
    armLatencyMilliseconds: count("--arm-latency", values["arm-latency"], 0, 600_000),
    sqlLatencyMilliseconds: count("--sql-latency", values["sql-latency"], 0, 600_000),
    faults: await faultRules(values.faults),
    onJournalEntry: journalFile ? (entry) => appendFileSync(journalFile, `${JSON.stringify(entry)}\n`) : undefined,
  };
  if (journalFile) appendFileSync(journalFile, "");
  const stopped = interruption();
  const lab = await startLab(options);
  await writeReadyFile(path.resolve(readyFile), lab);
  process.stdout.write(`${described(lab)}\nReady: ${path.resolve(readyFile)}\n`);
  await stopped;
  await lab.close();
}

function readArguments(args: readonly string[]) {
  const text = { type: "string" } as const;
  const options = {
    "ready-file": text,
    "sql-servers": text,
    "managed-instances": text,
    databases: text,
    "sql-version": text,
    "arm-latency": text,
    "sql-latency": text,
    faults: text,
    journal: text,
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    return parseArgs({ args: [...args], options });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function count(option: string, value: string | undefined, lowest: number, highest: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < lowest || number > highest)
    throw new UsageError(`${option} takes a whole number from ${lowest} to ${highest}, not '${value}'`);
  return number;
}

function version(value: string | undefined): LabOptions["sqlVersion"] {
  if (value === undefined) return undefined;
  const known = ([2016, 2017, 2019, 2022, 2025] as const).find((year) => String(year) === value);
  if (!known) throw new UsageError(`--sql-version takes 2016, 2017, 2019, 2022 or 2025, not '${value}'`);
  return known;
}

async function faultRules(file: string | undefined): Promise<LabOptions["faults"]> {
  if (file === undefined) return undefined;
  try {
    return parseFaultRules(await readFile(file, "utf8"));
  } catch (error) {
    throw new UsageError(`--faults ${file}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Whoever waits for the file never sees half of it. */
async function writeReadyFile(file: string, { ready }: Lab): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const unfinished = `${file}.${randomBytes(4).toString("hex")}`;
  await writeFile(unfinished, `${JSON.stringify(ready, undefined, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, file);
}

function described({ ready }: Lab): string {
  const places = [...ready.sqlServers, ...ready.managedInstances].map(
    ({ name, host, port }) => `${name.padEnd(14)}${host}:${port}`,
  );
  return [...places, `${"Azure".padEnd(14)}${ready.arm.endpoint}`].join("\n");
}

function interruption(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve()).once("SIGTERM", () => resolve());
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const isUsage = error instanceof UsageError;
  process.stderr.write(
    isUsage
      ? `mi-link-lab: ${error.message}\n\n${usage}`
      : `mi-link-lab: ${error instanceof Error ? error.stack : error}\n`,
  );
  process.exitCode = isUsage ? 2 : 1;
});
