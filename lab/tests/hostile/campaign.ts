import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Measurement } from "./lab-process";
import type { RunningLab } from "./running-lab";

/** One connection that inputs are sent on. */
export interface Target {
  /** Ends with the answer or with the connection, and says whether more can be sent on it. Throws `Unacceptable`. */
  send(input: Buffer): Promise<boolean>;
  end(): void;
}

/** Thrown over an answer that no input may get. */
export class Unacceptable extends Error {}

export interface Campaign {
  readonly lab: RunningLab;
  readonly count: number;
  /** The number of connections at a time. */
  readonly lanes: number;
  /** The most inputs of one connection. */
  readonly perConnection: number;
  /** The input is the same for the same index, whatever came before; its lane is the index modulo their number. */
  input(index: number): Buffer;
  open(lane: number): Promise<Target>;
  /** Acts as somebody else, who has to be served all the time. */
  bystander(): Promise<void>;
}

/** The input in hexadecimal, for whoever has to send it again. */
const hex = (input: Buffer) => input.toString("hex");
const limitMilliseconds = 1000;
const parts = 20;
/** The second half of the inputs may leave this much behind, which is less than one byte in ten of what it sends. */
const heapGrowth = 8 * 2 ** 20;
const residentGrowth = 64 * 2 ** 20;

interface Sent {
  readonly lane: number;
  readonly inputs: Buffer[];
}

/**
 * Sends all inputs, over several connections at a time. Fails where the lab's process ends, where an input is neither
 * answered nor its connection ended within a second, where the bystander is not served, or where memory grows.
 */
export async function survive(campaign: Campaign): Promise<void> {
  const { lab, count, lanes } = campaign;
  const started = performance.now();
  const current = new Map<number, Sent>();
  const unacceptable = new Map<string, string>();
  const measurements: Measurement[] = [];
  const figures = { connections: 0, longestAnswer: 0, late: 0 };
  const served = serveBystander(campaign);

  async function lane(number: number, from: number, to: number): Promise<void> {
    let target: Target | undefined;
    const first = from + ((number - (from % lanes) + lanes) % lanes);
    for (let index = first; index < to; index += lanes) {
      const input = campaign.input(index);
      if (!target) {
        target = await campaign.open(number);
        current.set(number, { lane: number, inputs: [] });
        figures.connections++;
      }
      const sent = current.get(number);
      sent?.inputs.push(input);
      const outcome = await timed(target, input, limitMilliseconds).catch(noteUnacceptable(sent, index));
      figures.longestAnswer = Math.max(figures.longestAnswer, outcome.milliseconds);
      if (outcome.kind === "late" && sent) suspects.push(sent);
      if (outcome.kind === "alive" && (sent?.inputs.length ?? 0) < campaign.perConnection) continue;
      target.end();
      target = undefined;
    }
    target?.end();
  }
  const noteUnacceptable =
    (sent: Sent | undefined, index: number) =>
    (error: unknown): Outcome => {
      if (!(error instanceof Unacceptable)) throw error;
      const last = sent?.inputs.at(-1);
      const kind = error.message.replace(/'[^']*'|"[^"]*"|\d+/g, "*");
      if (!unacceptable.has(kind) && unacceptable.size < 20 && last)
        unacceptable.set(kind, `${error.message}; input ${index}: ${last.toString("hex")}`);
      return { kind: "ended", milliseconds: 0 };
    };
  const suspects: Sent[] = [];

  try {
    for (let part = 0; part < parts; part++) {
      const [from, to] = [part, part + 1].map((edge) => Math.round((count * edge) / parts)) as [number, number];
      await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number, from, to)));
      figures.late += suspects.length;
      for (const suspect of suspects.splice(0)) await judge(suspect, campaign);
      await sleep(50);
      measurements.push(await lab.measure());
    }
  } catch (error) {
    if (!lab.crash()) throw error;
    const last = [...current.values()].map(({ inputs }) => inputs.slice(-1).map(hex)).join("\n");
    assert.fail(`${lab.crash()}\nThe last inputs were:\n${last}`);
  } finally {
    await served.stop();
  }
  process.stdout.write(`      ${described()}\n`);
  assert.equal(unacceptable.size, 0, `unacceptable answers:\n${[...unacceptable.values()].join("\n")}`);
  const [middle, end] = [measurements[parts / 2 - 1], measurements.at(-1)];
  assert.ok(middle && end);
  assert.ok(end.heapBytes - middle.heapBytes < heapGrowth, `the heap has grown: ${described()}`);
  assert.ok(end.residentBytes - middle.residentBytes < residentGrowth, `the process has grown: ${described()}`);

  function described(): string {
    const seconds = (performance.now() - started) / 1000;
    const megabytes = (member: "heapBytes" | "residentBytes") =>
      [measurements[0], measurements[parts / 2 - 1], measurements.at(-1)]
        .map((measurement) => ((measurement?.[member] ?? 0) / 2 ** 20).toFixed(1))
        .join(", ");
    const stall = Math.max(...measurements.map(({ longestStallMilliseconds }) => longestStallMilliseconds));
    return [
      `${count} packets on ${figures.connections} connections in ${seconds.toFixed(1)} s`,
      `longest answer ${figures.longestAnswer.toFixed(0)} ms, ${figures.late} were sent again alone`,
      `longest stall ${stall.toFixed(0)} ms, bystander ${served.longest().toFixed(0)} ms`,
      `heap MiB at 5, 50, 100 %: ${megabytes("heapBytes")}; resident: ${megabytes("residentBytes")}`,
    ].join("\n      ");
  }
}

interface Outcome {
  readonly kind: "alive" | "ended" | "late";
  readonly milliseconds: number;
}

async function timed(target: Target, input: Buffer, limit: number): Promise<Outcome> {
  const started = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), limit);
  });
  const sent = target.send(input).then((alive) => (alive ? ("alive" as const) : ("ended" as const)));
  sent.catch(() => undefined);
  try {
    return { kind: await Promise.race([sent, late]), milliseconds: performance.now() - started };
  } finally {
    clearTimeout(timer);
  }
}

const pausesMilliseconds = [0, 1_000, 5_000, 20_000];

/** Judges inputs that were late: a machine may have been busy for seconds. Sent alone, a real hang is late again each time. */
async function judge({ lane, inputs }: Sent, { open }: Campaign): Promise<void> {
  for (const pause of pausesMilliseconds) {
    await sleep(pause);
    if (!(await isLate(await open(lane), inputs))) return;
  }
  const times = `${pausesMilliseconds.length} times, on lane ${lane}`;
  assert.fail(`no answer within ${limitMilliseconds} ms, ${times}, to\n${inputs.map(hex).join("\n")}`);
}

async function isLate(target: Target, inputs: readonly Buffer[]): Promise<boolean> {
  try {
    for (const input of inputs) {
      const { kind, milliseconds } = await timed(target, input, 10 * limitMilliseconds);
      if (milliseconds > limitMilliseconds) return true;
      if (kind === "ended") return false;
    }
    return false;
  } catch (error) {
    if (error instanceof Unacceptable) return false;
    throw error;
  } finally {
    target.end();
  }
}

function serveBystander({ bystander }: Campaign) {
  const over = new AbortController();
  let longest = 0;
  async function serve(): Promise<void> {
    while (!over.signal.aborted) {
      const started = performance.now();
      await bystander();
      longest = Math.max(longest, performance.now() - started);
      await sleep(20);
    }
  }
  const serving = serve();
  serving.catch(() => undefined);
  return {
    longest: () => longest,
    stop() {
      over.abort();
      return serving;
    },
  };
}
