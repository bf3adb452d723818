import { readFile } from "node:fs/promises";
import { startLabProcess } from "#tools/lab";
import { median, show } from "./figures";
import { type Load, openDriverLoad, openRawLoad, type Target } from "./load";
import { startServerProcess } from "./server-process";

const connections = 16;
const rounds = 11;
const milliseconds = 400;
const simple = ["SELECT 1", "SELECT @@SERVERNAME", "SELECT name FROM sys.databases"];

/** Simple batches a second over 16 connections, beside servers that do nothing but answer. */
export async function measureBatches(): Promise<void> {
  const [bare, echo, lab] = await Promise.all([
    startServerProcess("bare"),
    startServerProcess("echo"),
    startLabProcess(["--managed-instances", "0"]),
  ]);
  try {
    const [server] = lab.ready.sqlServers;
    if (!server) throw new Error("the lab has no SQL Server");
    const served: Target = { ...server, ca: await readFile(lab.ready.caFile, "utf8") };
    console.log(
      `Batches a second over ${connections} connections, medians of ${rounds} rounds; the client has a process of its own`,
    );
    await compare("raw client", openRawLoad, { bare: bare.target, echo: echo.target, lab: served });
    await compare("mssql over TLS", openDriverLoad, { echo: echo.target, lab: served });
  } finally {
    await Promise.all([bare.stop(), echo.stop(), lab.stop()]);
  }
}

/** Measures the targets in turns, so that all of them have the same share of the machine. */
async function compare(
  client: string,
  open: (target: Target, connections: number) => Promise<Load>,
  targets: Readonly<Record<string, Target>>,
): Promise<void> {
  const loads = await Promise.all(
    Object.entries(targets).map(async ([name, target]) => ({ name, load: await open(target, connections) })),
  );
  const rates = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++)
    for (const { name, load } of loads)
      for (const text of name === "lab" ? simple : simple.slice(0, 1)) {
        const key = `${name}: ${text}`;
        rates.set(key, [...(rates.get(key) ?? []), await load.run(text, milliseconds)]);
      }
  const echo = rates.get("echo: SELECT 1") ?? [];
  for (const [key, all] of rates) {
    const ratio = median(all.map((rate, round) => rate / (echo[round] ?? Number.NaN)));
    const wanted = client === "raw client" && key.startsWith("lab") ? ", at least 5000 wanted" : "";
    show(`${client}, ${key}`, median(all), "/s", `${ratio.toFixed(2)} of echo${wanted}`);
  }
  await Promise.all(loads.map(({ load }) => load.close()));
}
