import { styleText } from "node:util";
import { type DatabaseStatus, type Health, type LinkStatus, levels, type Problem, type Status } from "./status-data";

/** What decides how text looks where it is printed. */
export interface Surface {
  /** Columns; a table that does not fit becomes lines below each other. */
  readonly width: number;
  /** Where it is printed: colours only on a terminal. */
  readonly stream: NodeJS.WritableStream;
}

type Colour = Parameters<typeof styleText>[0];

const colours: Readonly<Record<Health, Colour>> = {
  Healthy: "green",
  Copying: "cyan",
  Warning: "yellow",
  Broken: "red",
  Unknown: "gray",
};

/** How a text is shown: colours are put on after the width of a column is known. */
interface Cell {
  readonly text: string;
  readonly colour?: Colour;
}

/** A status for people: a table of links, then what is wrong, each with what to do. */
export function textOf(status: Status, surface: Surface): string {
  const { links, sqlServers, managedInstances } = status;
  const ofServers = [...sqlServers, ...managedInstances].flatMap((one) => one.problems);
  return [
    ...wrapped(summary(status), surface.width, 0, ""),
    "",
    ...(links.length === 0
      ? ["No links were found.", "", ...serversAlone(sqlServers, managedInstances)]
      : table(links, surface)),
    ...grouped(links).flatMap(({ links: its, problem }) => [
      "",
      ...sentences(
        its.map(({ name }) => name),
        problem,
        surface,
      ),
    ]),
    ...[...ofServers, ...status.problems].flatMap((problem) => ["", ...sentences([], problem, surface)]),
  ].join("\n");
}

/** "2026-11-27 19:30:12 UTC: 30 links: 25 healthy, 5 broken." */
export function summary({ at, links }: Status): string {
  const counts = Map.groupBy(links, ({ health }) => health);
  const parts = (Object.keys(colours) as Health[]).flatMap((health) => {
    const count = counts.get(health)?.length ?? 0;
    return count === 0 ? [] : [`${count} ${health.toLowerCase()}`];
  });
  const all = `${links.length} ${links.length === 1 ? "link" : "links"}`;
  return `${at.slice(0, 19).replace("T", " ")} UTC: ${all}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}.`;
}

const serversAlone = (servers: Status["sqlServers"], instances: Status["managedInstances"]): string[] => [
  ...servers.map(({ name, address, version }) => `SQL Server ${name ?? address}${version ? `: ${version}` : ""}`),
  ...instances.map(({ name, state }) => `Managed instance ${name}: ${state ?? "not known"}`),
];

/** The same problem of several links, as of all links of a server whose endpoint is stopped, is told once. */
export function grouped(
  links: readonly LinkStatus[],
): { readonly links: readonly LinkStatus[]; readonly problem: Problem }[] {
  const all = links.flatMap((link) => link.problems.map((problem) => ({ link, problem })));
  return [...Map.groupBy(all, ({ problem }) => JSON.stringify(problem)).values()]
    .flatMap((same) => {
      const [first] = same;
      return first ? [{ links: same.map(({ link }) => link), problem: first.problem }] : [];
    })
    .toSorted((a, b) => levels.indexOf(a.problem.level) - levels.indexOf(b.problem.level));
}

const marks = { error: "red", warning: "yellow", unread: "gray" } as const;
const words = { error: "Broken", warning: "Warning", unread: "Not read" } as const;

function sentences(names: readonly string[], problem: Problem, { width, stream }: Surface): string[] {
  const who = names.length === 0 ? "" : ` ${listed(names)}:`;
  const what = `${sentence(problem.what)}${problem.code === undefined ? "" : ` (${problem.code})`}.`;
  const mark = styleText(marks[problem.level], `${words[problem.level]}:`, { stream });
  const lines = [
    ...wrapped(`${who} ${what}`.trim(), width, words[problem.level].length + 2, ""),
    ...(problem.said ?? []).flatMap((line) => wrapped(printable(line), width, 2, "  ")),
    ...(problem.cause ? wrapped(`Likely cause: ${problem.cause}`, width, 2, "  ") : []),
    ...(problem.remedy ? wrapped(`What to do: ${problem.remedy}`, width, 2, "  ") : []),
  ];
  return lines.map((line, i) => (i === 0 ? `${mark} ${line}` : line));
}

/** The names of links, the first ones only where there are many. */
const listed = (names: readonly string[]): string =>
  names.length <= 6
    ? names.map(printable).join(", ")
    : `${names.slice(0, 5).map(printable).join(", ")} and ${names.length - 5} others`;

/** A sentence may begin with a name, which stays as it is. */
export const sentence = (text: string): string => {
  const clean = printable(text);
  return /^(?:the|there|on|both)\b/.test(clean) ? clean.charAt(0).toUpperCase() + clean.slice(1) : clean;
};

/** A name may hold anything: control characters would move the cursor or change colours. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\u{fffd}");

const headers = ["link", "database", "SQL Server", "", "managed instance", "health", "state", "lag", "queue"];

function table(links: readonly LinkStatus[], surface: Surface): string[] {
  const rows = links.map((link) => cellsOf(link));
  const widths = headers.map((header, column) =>
    Math.max(
      ...[{ text: header }, ...rows.map((row) => row[column] ?? { text: "" })].map(({ text }) => [...text].length),
    ),
  );
  const whole = widths.reduce((sum, width) => sum + width + 2, -2);
  if (whole > surface.width) return links.flatMap((link) => below(link, surface));
  const line = (cells: readonly Cell[]) =>
    cells
      .map(({ text, colour }, column) => {
        const filled =
          column === headers.length - 1 ? text : text + " ".repeat((widths[column] ?? 0) - [...text].length);
        return colour ? styleText(colour, filled, { stream: surface.stream }) : filled;
      })
      .join("  ")
      .trimEnd();
  return [line(headers.map((text) => ({ text, colour: "bold" as const }))), ...rows.map(line)];
}

function cellsOf({ name, sqlServer, managedInstance, primary, databases, health, state }: LinkStatus): Cell[] {
  return [
    { text: printable(name) },
    { text: databases.map((database) => printable(database.name)).join(", ") },
    { text: printable(sqlServer ?? "?") },
    { text: arrow(primary) },
    { text: printable(managedInstance ?? "?") },
    { text: health, colour: colours[health] },
    { text: printable(state) + progress(databases) },
    { text: lag(databases) },
    { text: queue(databases) },
  ];
}

/** The way that changes go. */
const arrow = (primary: LinkStatus["primary"]): string =>
  primary === undefined ? "?" : { "SQL Server": "->", "managed instance": "<-", both: "<>", neither: "--" }[primary];

/** A link in a terminal that is too narrow for the table: what matters most comes first. */
function below(link: LinkStatus, { width, stream }: Surface): string[] {
  const [name, database, server, way, instance, health, state, late, waiting] = cellsOf(link);
  const more = [late?.text ? `lag ${late.text}` : "", waiting?.text ? `queue ${waiting.text}` : ""].filter(
    (text) => text !== "",
  );
  const first = `${health?.text}: ${state?.text}`;
  return [
    ...wrapped(name?.text ?? "", width, 0, ""),
    ...wrapped(first, width, 2, "  ").map((line) => styleText(health?.colour ?? "gray", line, { stream })),
    ...wrapped(`${server?.text} ${way?.text} ${instance?.text}, ${database?.text}`, width, 2, "  "),
    ...(more.length === 0 ? [] : wrapped(more.join(", "), width, 2, "  ")),
  ];
}

function progress(databases: readonly DatabaseStatus[]): string {
  const seeding = databases.find((database) => database.seeding)?.seeding;
  if (!seeding?.bytesPerSecond) return "";
  const { bytesPerSecond, secondsLeft, attempt = 1 } = seeding;
  const again = attempt > 1 ? `, attempt ${attempt}` : "";
  return `, ${bytes(bytesPerSecond)}/s${secondsLeft === undefined ? "" : `, ${duration(secondsLeft)} left`}${again}`;
}

const lag = (databases: readonly DatabaseStatus[]): string => {
  const seconds = databases.flatMap(({ lagSeconds }) => lagSeconds ?? []);
  return seconds.length === 0 ? "" : duration(Math.max(...seconds));
};

/** What waits on either side. */
const queue = (databases: readonly DatabaseStatus[]): string => {
  const sizes = databases.flatMap(({ sendQueueKilobytes, redoQueueKilobytes }) =>
    sendQueueKilobytes === undefined && redoQueueKilobytes === undefined
      ? []
      : [(sendQueueKilobytes ?? 0) + (redoQueueKilobytes ?? 0)],
  );
  return sizes.length === 0 ? "" : bytes(1024 * sizes.reduce((sum, size) => sum + size, 0));
};

export function bytes(count: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(count) / Math.log(1024)));
  const value = count / 1024 ** power;
  return `${Number(value.toFixed(value >= 10 || power === 0 ? 0 : 1))} ${units[power]}`;
}

export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`;
  if (seconds < 120 * 60) return `${Math.round(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** Breaks a line at blanks; `used` columns of the first one are taken already. A word that is longer stays whole, to be copied. */
function wrapped(text: string, width: number, used: number, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  let room = width - used;
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > room) {
      lines.push(line);
      line = "";
      room = width - 2;
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each, i) => (i === 0 ? indent : "  ") + each);
}
