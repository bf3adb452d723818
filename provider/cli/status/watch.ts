import { setTimeout as delay } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { counted } from "../../errors/wording";
import { say } from "../output";
import type { LinkStatus, Status } from "./status-data";
import { printable, summary, textOf } from "./status-text";

export interface WatchOptions {
  /** Seconds between two looks. */
  readonly interval: number;
  readonly isJson: boolean;
}

/**
 * Looks until Ctrl-C, and answers what it saw last. A terminal is drawn anew in place; a pipe or file gets a line for each
 * look and each link that has changed, or the whole as one line of JSON.
 */
export async function watch(
  look: (signal: AbortSignal) => Promise<Status>,
  { interval, isJson }: WatchOptions,
): Promise<Status | undefined> {
  const ended = new AbortController();
  const end = () => ended.abort();
  process.on("SIGINT", end).on("SIGTERM", end);
  const screen = process.stdout.isTTY && !isJson ? openScreen() : undefined;
  let last: Status | undefined;
  try {
    while (!ended.signal.aborted) {
      const seen = await untilEnded(look(ended.signal), ended.signal);
      if (!seen) break;
      if (screen) screen.draw(seen);
      else say(isJson ? JSON.stringify(seen) : linesOf(seen, last));
      last = seen;
      await delay(interval * 1000, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  } finally {
    screen?.close();
    process.off("SIGINT", end).off("SIGTERM", end);
  }
  // What was on the screen stays to be read and copied, whole.
  if (screen && last) say(textOf(last, { width: process.stdout.columns, stream: process.stdout }));
  return last;
}

/** undefined where Ctrl-C came first: what it broke off is no result. */
async function untilEnded(looking: Promise<Status>, signal: AbortSignal): Promise<Status | undefined> {
  const stopped = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  try {
    return await Promise.race([looking, stopped]);
  } finally {
    looking.catch(() => undefined);
  }
}

/** The counts, and the links that are not as they were. */
function linesOf(seen: Status, before: Status | undefined): string {
  const known = new Map(before?.links.map((link) => [keyOf(link), link]));
  const changed = before
    ? seen.links.filter((link) => {
        const former = known.get(keyOf(link));
        // How far a copy is changes with every look.
        return former?.health !== link.health || (link.health !== "Copying" && former.state !== link.state);
      })
    : seen.links.filter(({ health }) => health !== "Healthy");
  return [
    summary(seen),
    ...changed.map(({ name, health, state, problems: [first] }) =>
      printable(`  ${name}: ${health}, ${state}${first ? `: ${first.what}` : ""}`),
    ),
  ].join("\n");
}

const keyOf = ({ name, sqlServer, managedInstance }: LinkStatus): string =>
  JSON.stringify([name, sqlServer, managedInstance]);

/** The terminal's second screen, without a cursor; the first one is as it was when this is closed, however that comes about. */
function openScreen() {
  const { stdout } = process;
  let shown: Status | undefined;
  const draw = (seen: Status | undefined) => {
    shown = seen;
    if (!seen) return;
    const { columns, rows } = stdout;
    const worstFirst = { ...seen, links: seen.links.toSorted((a, b) => rank(a) - rank(b)) };
    const lines = textOf(worstFirst, { width: columns, stream: stdout }).split("\n");
    const left = lines.length - (rows - 2);
    const visible =
      left > 0
        ? [...lines.slice(0, rows - 2), `... ${counted(left, "more line")} when this ends (Ctrl-C)`]
        : [...lines, "Ctrl-C ends this"];
    stdout.write(`\x1b[H${visible.map((line) => `${fitted(line, columns)}\x1b[K`).join("\r\n")}\x1b[J`);
  };
  const redraw = () => draw(shown);
  const restore = () => stdout.write("\x1b[?25h\x1b[?1049l");
  stdout.write("\x1b[?1049h\x1b[?25l\x1b[H\x1b[Jlooking at both sides");
  stdout.on("resize", redraw);
  process.once("exit", restore);
  return {
    draw,
    close() {
      stdout.off("resize", redraw);
      process.off("exit", restore);
      restore();
    },
  };
}

const rank = ({ health }: LinkStatus): number => ["Broken", "Unknown", "Warning", "Copying", "Healthy"].indexOf(health);

/** A line that is too long for the terminal would move those below it. */
function fitted(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return [...plain].length <= columns ? line : `${[...plain].slice(0, columns - 1).join("")}…`;
}
