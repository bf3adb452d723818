import { createHash } from "node:crypto";
import { explaining } from "../../errors/catalogue";
import { counted } from "../../errors/wording";
import type { DatabaseStatus, Health, LinkStatus, Problem, Status } from "../status/status-data";
import { bytes, duration, grouped, sentence } from "../status/status-text";
import type { LinkSample, Sample } from "../status/watch-log";
import { cards } from "./cards";
import { certificateTimeline } from "./certificate-timeline";
import { Html, html, nothing, prose } from "./html";
import { reportStyle } from "./report-style";
import { timeCharts } from "./time-charts";
import { topology } from "./topology";

/** What a log said, for the page. */
export interface History {
  readonly samples: readonly Sample[];
  readonly unreadable: number;
}

/**
 * One page that needs nothing else: no script, no picture, no font from elsewhere, and its policy allows none, so that
 * whatever a name holds, nothing of it is run or fetched.
 */
export async function reportPage(status: Status, history: History | undefined): Promise<string> {
  const { links, at } = status;
  const hash = createHash("sha256").update(reportStyle).digest("base64");
  const when = `${at.slice(0, 16).replace("T", " ")} UTC`;
  const anchors = new Map(links.map((link, i) => [keyOf(link), `link-${i + 1}`]));
  const anchorOf = (link: Pick<LinkSample, "name" | "sqlServer" | "managedInstance">) => anchors.get(keyOf(link));
  const problems = problemsOf(status);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Links to managed instances, ${when}</title>
<style>${new Html(reportStyle)}</style>
</head>
<body>
<a class="skip" href="#main">To the report</a>
<header>
<h1>Links between SQL Server and Azure SQL Managed Instance</h1>
<p class="faint">As they were at ${when}. Made by mi-link report; the page does not change by itself.</p>
${counts(links)}
<nav aria-label="Sections"><ul>
${sections.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}
</ul></nav>
</header>
<main id="main" tabindex="-1">
${section("problems", problems.length === 0 ? html`<p>Nothing is wrong.</p>` : html`${problems.map((one) => problemOf(one, anchors))}`)}
${section("topology", links.length === 0 ? html`<p>No links were found.</p>` : topology(status))}
${section("links", links.length === 0 ? html`<p>No links were found.</p>` : cards(linkTable(links, anchorOf)))}
${section("certificates", await certificateTimeline(status))}
${section("time", await overTime(history, anchorOf))}
</main>
</body>
</html>
`;
  return page.text;
}

const sections = [
  ["problems", "What is wrong, and what to do"],
  ["topology", "Topology"],
  ["links", "Links"],
  ["certificates", "Certificates"],
  ["time", "Over time"],
] as const;

function section(id: (typeof sections)[number][0], content: Html): Html {
  const title = sections.find(([known]) => known === id)?.[1] ?? "";
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}</section>`;
}

const keyOf = ({
  name,
  sqlServer,
  managedInstance,
}: Pick<LinkSample, "name" | "sqlServer" | "managedInstance">): string =>
  JSON.stringify([name, sqlServer ?? "", managedInstance ?? ""]);

const healths: readonly Health[] = ["Broken", "Unknown", "Warning", "Copying", "Healthy"];

function counts(links: readonly LinkStatus[]): Html {
  return html`<ul class="counts"><li><b>${links.length}</b>${links.length === 1 ? "link" : "links"}</li>${healths.flatMap(
    (health) => {
      const count = links.filter((link) => link.health === health).length;
      return count === 0
        ? []
        : [html`<li><b>${count}</b><span class="mark ${health}">${health.toLowerCase()}</span></li>`];
    },
  )}</ul>`;
}

interface Told {
  readonly links: readonly LinkStatus[];
  readonly problem: Problem;
}

function problemsOf({ links, sqlServers, managedInstances, problems }: Status): Told[] {
  const ofServers = [...sqlServers, ...managedInstances].flatMap((one) => one.problems);
  return [...grouped(links), ...[...ofServers, ...problems].map((problem) => ({ links: [], problem }))];
}

const levels = {
  error: ["Broken", "Broken"],
  warning: ["Warning", "Warning"],
  unread: ["Unknown", "Not read"],
} as const;

function problemOf({ links, problem }: Told, anchors: ReadonlyMap<string, string>): Html {
  const { level, what, code, said = [], cause, remedy, entry } = problem;
  const [health, word] = levels[level];
  const which = links.map((link) => html`<a href="#${anchors.get(keyOf(link))}">${prose(link.name)}</a> `);
  const row = (term: string, content: Html | undefined) =>
    content === undefined ? nothing : html`<dt>${term}</dt><dd>${content}</dd>`;
  return html`<article class="problem ${level}">
<h3><span class="mark ${health}">${word}:</span> ${prose(sentence(what))}${code === undefined ? "" : ` (${code})`}</h3>
<dl>${row(links.length === 1 ? "Link" : "Links", links.length === 0 ? undefined : html`${which}`)}
${row("Likely cause", cause === undefined ? undefined : prose(cause))}
${row("What to do", remedy === undefined ? undefined : prose(remedy))}
${row("What was said", said.length === 0 ? undefined : html`<span class="said">${said.map((line) => html`${prose(line)} `)}</span>`)}
${row("More", entry === undefined ? undefined : prose(explaining(entry)))}</dl>
</article>
`;
}

function linkTable(links: readonly LinkStatus[], anchorOf: (link: LinkStatus) => string | undefined): Html {
  return html`<table class="cards">
<caption>Lag and queues are those of the secondary, while the two are connected.</caption>
<thead><tr><th scope="col">Link</th><th scope="col">Database</th><th scope="col">SQL Server</th><th scope="col">Managed instance</th><th scope="col">Primary</th><th scope="col">Health</th><th scope="col">State</th><th scope="col" class="number">Lag</th><th scope="col" class="number">Queue</th></tr></thead>
<tbody>${links.map((link) => {
    const { name, databases, sqlServer, managedInstance, primary, health, state } = link;
    return html`<tr id="${anchorOf(link)}"><th scope="row">${prose(name)}</th><td data-label="Database">${prose(databases.map((one) => one.name).join(", "))}</td>
<td data-label="SQL Server">${prose(sqlServer ?? "not asked")}</td><td data-label="Managed instance">${prose(managedInstance ?? "not asked")}</td>
<td data-label="Primary" class="part">${primary ?? "not known"}</td>
<td data-label="Health"><span class="mark ${health}">${health}</span></td><td data-label="State">${prose(state)}${progress(databases)}</td>
<td data-label="Lag" class="number">${lag(databases)}</td><td data-label="Queue" class="number">${queue(databases)}</td></tr>`;
  })}</tbody>
</table>`;
}

function progress(databases: readonly DatabaseStatus[]): Html {
  const seeding = databases.find((database) => database.seeding)?.seeding;
  if (!seeding) return nothing;
  const { percent, bytesPerSecond, secondsLeft, attempt = 1 } = seeding;
  const facts = [
    ...(bytesPerSecond ? [`${bytes(bytesPerSecond)}/s`] : []),
    ...(secondsLeft === undefined ? [] : [`${duration(secondsLeft)} left`]),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
  ];
  return html`${facts.map((fact) => html`, ${fact}`)}<br><meter min="0" max="100" value="${Math.round(percent)}" aria-label="copied">${Math.round(percent)} %</meter>`;
}

function lag(databases: readonly DatabaseStatus[]): string {
  const known = databases.flatMap(({ lagSeconds }) => lagSeconds ?? []);
  return known.length === 0 ? "" : duration(Math.max(...known));
}

function queue(databases: readonly DatabaseStatus[]): string {
  const known = databases.filter((one) => one.sendQueueKilobytes !== undefined || one.redoQueueKilobytes !== undefined);
  const sum = known.reduce((all, one) => all + (one.sendQueueKilobytes ?? 0) + (one.redoQueueKilobytes ?? 0), 0);
  return known.length === 0 ? "" : bytes(1024 * sum);
}

async function overTime(
  history: History | undefined,
  anchorOf: (link: LinkSample) => string | undefined,
): Promise<Html> {
  if (!history)
    return html`<p>Nothing was recorded. <code>mi-link status --watch --log links.log</code> records what it sees, and <code>mi-link report --log links.log</code> draws it here.</p>`;
  const { samples, unreadable } = history;
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return html`<p>The log is empty.</p>`;
  const minutes = ({ at }: Sample) => at.slice(0, 16).replace("T", " ");
  return html`<p>${counted(samples.length, "look")} from ${minutes(first)} to ${minutes(last)}, UTC.${unreadable === 0 ? "" : ` Lines of the log that could not be read: ${unreadable}.`} Each line of a graph leads to its link above.</p>
${await timeCharts(samples, anchorOf)}`;
}
