#!/usr/bin/env node
import { spawn } from "node:child_process";
import { appendFileSync, existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { enableCompileCache } from "node:module";
import { constants } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { parseFaultRules } from "./faults/rules-file";
import type { Lab, LabOptions } from "./index";
import { beginKeysOfStart } from "./keys-of-start";
import { inUrl } from "./loopback";
import { environmentFile, programEnvironment, stackFile } from "./pulumi";
import type { Ready } from "./ready";
import { writeSecretFile } from "./secret-file";
import { editionNames } from "./sql-server/editions";
import { collationOf } from "./tsql/values/collation";

const usage = `Usage: mi-link-lab --ready-file FILE [options]
       mi-link-lab [options] -- COMMAND

Serves SQL Servers and Azure on loopback addresses until it is interrupted, or until the command ends: a shell, or a
program, in whose environment the lab is the Azure of Pulumi programs, with the passwords of both sides.

  --ready-file FILE       written once everything serves: addresses, users, passwords (mode 0600)
  --sql-servers N         how many SQL Servers                              (1)
  --managed-instances N   how many managed instances                        (1)
  --databases N           databases of each SQL Server: db1, db2, ...       (1)
  --sql-version V         2016, 2017, 2019, 2022 or 2025                    (2022)
  --sql-build B           an exact build instead: 16.0.4095.4
  --edition E             Developer, Enterprise, Evaluation, Standard, Web or Express
  --windows               the SQL Servers run on Windows                    (on Linux)
  --without-agent         SQL Server Agent does not run on the SQL Servers
  --clock-ahead MS        of the SQL Servers; -MS where they are behind     (0)
  --collation C           of the SQL Servers              (SQL_Latin1_General_CP1_CI_AS)
  --without-connect-pack  2016 and 2017 before the Azure Connect Pack
  --without-always-on     Always On availability groups are not enabled
  --trace-flags N,N       of the SQL Servers, at start-up                   (none)
  --update-policy P       SQLServer2022, SQLServer2025 or AlwaysUpToDate    (the version's)
  --service-tier T        GeneralPurpose, NextGenGeneralPurpose or BusinessCritical
  --dns-suffix S          of managed instances                              (database.windows.net)
  --seeding-rate N        bytes a second                                    (67108864)
  --change-time MS        of a planned failover, of a stop and a start      (0)
  --operation-time MS     what every operation of Azure takes at least      (0)
  --retry-after S         of operations, as Azure sends 15                  (none)
  --arm-quota N           reads, writes, deletes at once before a 429       (no limit)
  --arm-operations N      operations at once before a 429                   (no limit)
  --one-link-at-a-time    a link is refused while another one is made
  --arm-latency MS        added to each request                             (0)
  --sql-latency MS        added to each batch                               (0)
  --replication-lag MS    from a commit until the other side has it         (0)
  --redo-lag MS           from there until the other side shows it          (0)
  --faults FILE           JSON array of fault rules
  --journal FILE          JSON lines of what the lab is asked, appended as it happens
  --control-port N        HTTP on the loopback address to steer it by; 0 is any that is free
  --ipv6                  everything listens on ::1
  --environment-file FILE written too: the variables that the command would have (mode 0600)
  --stack-file FILE       written too: Pulumi.<stack>.yaml for a program as in the examples
`;

/** A mistake of the user, shown with the usage and without a stack. */
class UsageError extends Error {}

async function main(args: readonly string[]): Promise<number> {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const command = args.slice(end + 1);
  const { values } = readArguments(args.slice(0, end));
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const readyFile = values["ready-file"];
  if (!readyFile && command.length === 0)
    throw new UsageError("--ready-file is missing: the file that will say where everything is");
  if (values["stack-file"] && existsSync(values["stack-file"]))
    throw new UsageError(`${values["stack-file"]} is there already: remove it if it is a former lab's`);
  const journalFile = values.journal;
  const options: LabOptions = {
    sqlServers: count("--sql-servers", values["sql-servers"], 0, 80),
    managedInstances: count("--managed-instances", values["managed-instances"], 0, 100),
    databases: count("--databases", values.databases, 0, 10_000),
    sqlVersion: version(values["sql-version"]),
    sqlBuild: build(values["sql-build"]),
    edition: oneOf("--edition", editionNames, values.edition),
    windows: values.windows,
    agent: !values["without-agent"],
    clockAheadMilliseconds: ahead(values["clock-ahead"]),
    collation: collation(values.collation),
    withoutConnectPack: values["without-connect-pack"],
    alwaysOn: !values["without-always-on"],
    startupTraceFlags: values["trace-flags"]?.split(",").map((flag) => count("--trace-flags", flag, 1, 65_535) ?? 0),
    databaseFormat: oneOf("--update-policy", updatePolicies, values["update-policy"]),
    serviceTier: oneOf("--service-tier", serviceTiers, values["service-tier"]),
    dnsSuffix: values["dns-suffix"],
    seedingBytesPerSecond: count("--seeding-rate", values["seeding-rate"], 1, 2 ** 40),
    changeMilliseconds: count("--change-time", values["change-time"], 0, 86_400_000),
    operationMilliseconds: count("--operation-time", values["operation-time"], 0, 86_400_000),
    requestQuota: count("--arm-quota", values["arm-quota"], 1, 1_000_000),
    concurrentOperations: count("--arm-operations", values["arm-operations"], 1, 1_000_000),
    retryAfterSeconds: count("--retry-after", values["retry-after"], 0, 3600),
    linksSideBySide: !values["one-link-at-a-time"],
    ipv6: values.ipv6,
    controlPort: count("--control-port", values["control-port"], 0, 65_535),
    armLatencyMilliseconds: count("--arm-latency", values["arm-latency"], 0, 600_000),
    sqlLatencyMilliseconds: count("--sql-latency", values["sql-latency"], 0, 600_000),
    replicationLagMilliseconds: count("--replication-lag", values["replication-lag"], 0, 86_400_000),
    redoLagMilliseconds: count("--redo-lag", values["redo-lag"], 0, 86_400_000),
    faults: await faultRules(values.faults),
    onJournalEntry: journalFile ? (entry) => appendFileSync(journalFile, `${JSON.stringify(entry)}\n`) : undefined,
  };
  if (options.withoutConnectPack && options.sqlVersion !== 2016 && options.sqlVersion !== 2017)
    throw new UsageError("--without-connect-pack goes with --sql-version 2016 or 2017");
  if (journalFile) appendFileSync(journalFile, "");
  const stopped = command.length === 0 ? interruption() : undefined;
  const lab = await start(options);
  // The ready file is written last, so that whoever waits for it finds the others too.
  const files = [
    { file: values["stack-file"], text: stackFile },
    { file: values["environment-file"], text: environmentFile },
    { file: readyFile, text: (ready: Ready) => `${JSON.stringify(ready, undefined, 2)}\n` },
  ].flatMap(({ file, text }) => (file === undefined ? [] : [{ file: path.resolve(file), text: text(lab.ready) }]));
  try {
    for (const { file, text } of files) await writeSecretFile(file, text);
    const hasVariables = command.length > 0 || values["environment-file"] !== undefined;
    process.stdout.write(
      `${[described(lab, hasVariables), ...files.map(({ file }) => `Written: ${file}`)].join("\n")}\n`,
    );
    if (command.length > 0) return await runInLab(command, lab.ready);
    await stopped;
    return 0;
  } finally {
    await lab.close();
    for (const { file } of files) await rm(file, { force: true });
  }
}

/**
 * Runs a command in the user's terminal until it ends, and answers its exit code. Ctrl-C reaches it by itself, so here it
 * is only kept from ending the lab before it.
 */
function runInLab(command: readonly string[], ready: Ready): Promise<number> {
  const [program = "", ...args] = command;
  const settings = { env: { ...process.env, ...programEnvironment(ready) }, stdio: "inherit" } as const;
  // On Windows npm's programs are .cmd files, which only a shell starts.
  const child =
    process.platform === "win32"
      ? spawn(command.map((word) => (/[\s&|<>^]/.test(word) ? `"${word}"` : word)).join(" "), {
          ...settings,
          shell: true,
        })
      : spawn(program, args, settings);
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", ({ message }) => reject(new UsageError(`${program} cannot be started: ${message}`)));
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/** Keys are made while the lab's modules are loaded, which are compiled once and not at every start. */
async function start(options: LabOptions): Promise<Lab> {
  beginKeysOfStart(options);
  // Only Node 22.1 and newer have it.
  enableCompileCache?.();
  const { startLab } = await import("./index.js");
  return startLab(options);
}

function readArguments(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = {
    "ready-file": text,
    "sql-servers": text,
    "managed-instances": text,
    databases: text,
    "sql-version": text,
    "sql-build": text,
    edition: text,
    windows: flag,
    "without-agent": flag,
    "clock-ahead": text,
    collation: text,
    "without-connect-pack": flag,
    "without-always-on": flag,
    "trace-flags": text,
    "update-policy": text,
    "service-tier": text,
    "dns-suffix": text,
    "seeding-rate": text,
    "change-time": text,
    "operation-time": text,
    "arm-quota": text,
    "arm-operations": text,
    "retry-after": text,
    "one-link-at-a-time": flag,
    "control-port": text,
    "arm-latency": text,
    "sql-latency": text,
    "replication-lag": text,
    "redo-lag": text,
    faults: text,
    journal: text,
    ipv6: flag,
    // Node.js takes --env-file for its own wherever it stands, in npx before anything else.
    "environment-file": text,
    "stack-file": text,
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

function ahead(value: string | undefined): number | undefined {
  const size = count("--clock-ahead", value?.replace(/^-/, ""), 0, 86_400_000);
  return size && value?.startsWith("-") ? -size : size;
}

function version(value: string | undefined): LabOptions["sqlVersion"] {
  if (value === undefined) return undefined;
  const known = ([2016, 2017, 2019, 2022, 2025] as const).find((year) => String(year) === value);
  if (!known) throw new UsageError(`--sql-version takes 2016, 2017, 2019, 2022 or 2025, not '${value}'`);
  return known;
}

const updatePolicies = ["SQLServer2022", "SQLServer2025", "AlwaysUpToDate"] as const;
const serviceTiers = ["GeneralPurpose", "NextGenGeneralPurpose", "BusinessCritical"] as const;

function oneOf<T extends string>(option: string, allowed: readonly T[], value: string | undefined): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((each) => each.toLowerCase() === value.toLowerCase());
  if (!found) throw new UsageError(`${option} takes ${allowed.join(", ")}, not '${value}'`);
  return found;
}

function build(value: string | undefined): string | undefined {
  if (value !== undefined && !/^1[3-7]\.0\.\d{1,5}\.\d{1,5}$/.test(value))
    throw new UsageError(`--sql-build takes a build of SQL Server 2016 to 2025 as 16.0.4095.4, not '${value}'`);
  return value;
}

function collation(value: string | undefined): string | undefined {
  if (value !== undefined && !collationOf(value)) throw new UsageError(`--collation: there is no collation '${value}'`);
  return value;
}

async function faultRules(file: string | undefined): Promise<LabOptions["faults"]> {
  if (file === undefined) return undefined;
  try {
    return parseFaultRules(await readFile(file, "utf8"));
  } catch (error) {
    throw new UsageError(`--faults ${file}: ${error instanceof Error ? error.message : error}`);
  }
}

function described({ ready }: Lab, hasVariables: boolean): string {
  const signedIn = (instances: Ready["sqlServers"] | Ready["managedInstances"], variable: string) =>
    instances.map(
      ({ name, host, port, user }) =>
        `${name.padEnd(14)}${inUrl(host)}:${port}  user ${user}${hasVariables ? `, password in ${variable}` : ""}`,
    );
  const places = [
    ...signedIn(ready.sqlServers, "SQL_SERVER_PASSWORD"),
    ...signedIn(ready.managedInstances, "MANAGED_INSTANCE_PASSWORD"),
  ];
  const control = ready.control ? [`${"Control".padEnd(14)}${ready.control.endpoint}`] : [];
  return [...places, `${"Azure".padEnd(14)}${ready.arm.endpoint}`, ...control].join("\n");
}

function interruption(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve()).once("SIGTERM", () => resolve());
  });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const isUsage = error instanceof UsageError;
    process.stderr.write(
      isUsage
        ? `mi-link-lab: ${error.message}\n\n${usage}`
        : `mi-link-lab: ${error instanceof Error ? error.stack : error}\n`,
    );
    process.exitCode = isUsage ? 2 : 1;
  },
);
