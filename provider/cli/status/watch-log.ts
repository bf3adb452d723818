import { appendFile, readFile } from "node:fs/promises";
import { VisibleError } from "../../errors/visible-error";
import type { Health, Status } from "./status-data";

/** One look, as a line of the log has it: short, as a watch writes one every few seconds. */
export interface Sample {
  /** ISO 8601. */
  readonly at: string;
  readonly links: readonly LinkSample[];
}

export interface LinkSample {
  readonly name: string;
  readonly sqlServer?: string;
  readonly managedInstance?: string;
  readonly health: Health;
  /** Of the database that is furthest behind. */
  readonly lagSeconds?: number;
  /** Of all databases, on both sides. */
  readonly queueKilobytes?: number;
  /** Of the copy, while there is one. */
  readonly percent?: number;
  readonly bytesPerSecond?: number;
}

function sampleOf({ at, links }: Status): Sample {
  return {
    at,
    links: links.map(({ name, sqlServer, managedInstance, health, databases }) => {
      const lags = databases.flatMap(({ lagSeconds }) => lagSeconds ?? []);
      const queues = databases.flatMap(({ sendQueueKilobytes, redoQueueKilobytes }) => [
        ...(sendQueueKilobytes === undefined ? [] : [sendQueueKilobytes]),
        ...(redoQueueKilobytes === undefined ? [] : [redoQueueKilobytes]),
      ]);
      const seeding = databases.find((database) => database.seeding)?.seeding;
      return {
        name,
        sqlServer,
        managedInstance,
        health,
        lagSeconds: lags.length === 0 ? undefined : Math.max(...lags),
        queueKilobytes: queues.length === 0 ? undefined : queues.reduce((sum, size) => sum + size, 0),
        percent: seeding && Math.round(seeding.percent * 10) / 10,
        bytesPerSecond: seeding?.bytesPerSecond,
      };
    }),
  };
}

export async function appendSample(file: string, status: Status): Promise<void> {
  try {
    await appendFile(file, `${JSON.stringify(sampleOf(status))}\n`);
  } catch (error) {
    throw unusable("write", file, error);
  }
}

/** What a log holds. A line that is cut off, as by a full disk or a killed watch, is left out and counted. */
export async function readSamples(
  file: string,
): Promise<{ readonly samples: readonly Sample[]; readonly unreadable: number }> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw unusable("read", file, error);
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const samples = lines.flatMap((line) => sampleIn(line) ?? []);
  return {
    samples: samples.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    unreadable: lines.length - samples.length,
  };
}

function sampleIn(line: string): Sample | undefined {
  try {
    const value: Partial<Sample> | null = JSON.parse(line);
    if (Number.isNaN(Date.parse(value?.at ?? "")) || !Array.isArray(value?.links)) return undefined;
    const links = value.links.filter((link: Partial<LinkSample> | null) => typeof link?.name === "string");
    return { at: value.at ?? "", links };
  } catch {
    return undefined;
  }
}

const unusable = (what: string, file: string, error: unknown): VisibleError =>
  new VisibleError({
    doing: `${what} the log ${file}`,
    cause: `${(error as NodeJS.ErrnoException).code}: it cannot be ${what === "read" ? "read" : "written"}.`,
    remedy: "give another file as --log.",
  });
