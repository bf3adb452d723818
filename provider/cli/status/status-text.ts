import { styleText } from "node:util";
import { moreAbout } from "../../errors/catalogue";
import { capital, counted } from "../../errors/wording";
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
    ...certificates(status, surface),
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
  return `${at.slice(0, 19).replace("T", " ")} UTC: ${counted(links.length, "link")}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}.`;
}

/** When the certificates of both sides end, in one paragraph. */
function certificates({ sqlServers, managedInstances }: Status, { width }: Surface): string[] {
  const ends = [
    ...sqlServers.map(({ name, address, certificate }) => ({ who: name ?? address, certificate })),
    ...managedInstances.map(({ name, certificate }) => ({ who: name, certificate })),
  ].flatMap(({ who, certificate }) => {
    if (!certificate) return [];
    const { expiryDate, validity } = certificate;
    const mark = { Valid: "", ExpiresSoon: " (soon)", Expired: " (expired)" }[validity];
    return [`${printable(who)} ${expiryDate}${mark}`];
  });
  return ends.length === 0 ? [] : ["", ...wrapped(`Certificates end (UTC): ${ends.join(", ")}`, width, 0, "")];
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
    ...(problem.entry === undefined ? [] : wrapped(moreAbout(problem.entry).trim(), width, 2, "  ")),
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
  return /^(?:the|there|on|both)\b/.test(clean) ? capital(clean) : clean;
};

/** A name may hold anything: control characters would move the cursor or change colours. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\u{fffd}");

const headers = ["link", "database", "SQL Server", "", "managed instance", "health", "state", "lag", "queue"];

/** The columns that a terminal has room for: all, or those without which a link says nothing. */
const choices: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8],
  [0, 5, 6, 7, 8],
];

function table(links: readonly LinkStatus[], surface: Surface): string[] {
  const rows: readonly (readonly Cell[])[] = [
    headers.map((text) => ({ text, colour: "bold" as const })),
    ...links.map((link) => cellsOf(link)),
  ];
  const widths = headers.map((_, column) => Math.max(...rows.map((row) => lengthOf(row[column]))));
  const whole = (columns: readonly number[]) => columns.reduce((sum, column) => sum + (widths[column] ?? 0) + 2, -2);
  const columns = choices.find((choice) => whole(choice) <= surface.width);
  if (!columns) return links.flatMap((link) => below(link, surface));
  const shown = (cell: Cell | undefined, column: number) => {
    const filled = `${cell?.text ?? ""}${" ".repeat((widths[column] ?? 0) - lengthOf(cell))}`;
    return cell?.colour ? styleText(cell.colour, filled, { stream: surface.stream }) : filled;
  };
  return rows.map((row) =>
    columns
      .map((column) => shown(row[column], column))
      .join("  ")
      .trimEnd(),
  );
}

const lengthOf = (cell: Cell | undefined): number => [...(cell?.text ?? "")].length;

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
