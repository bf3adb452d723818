import { counted } from "../../errors/wording";
import { bytes, duration } from "../status/status-text";
import type { LinkSample, Sample } from "../status/watch-log";
import { Html, html, nothing, prose } from "./html";

/** What a chart shows of each link over time. */
interface Measure {
  readonly title: string;
  readonly id: string;
  readonly read: (link: LinkSample) => number | undefined;
  readonly shown: (value: number) => string;
  /** The distances between two values on the axis, of which the first is taken that makes at most four. */
  readonly steps: readonly number[];
  /** The top of the axis where it has one. */
  readonly top?: number;
  /** What is said where the log has no value of it. */
  readonly none: string;
}

/** 1, 2, 5, 10 ... 500 times the unit. */
function decimal(unit: number): number[] {
  return [1, 10, 100].flatMap((power) => [1, 2, 5].map((digit) => digit * power * unit));
}

const measures: readonly Measure[] = [
  {
    title: "Progress of copies",
    id: "copies",
    read: ({ percent }) => percent,
    shown: (value) => `${Math.round(value)} %`,
    steps: [25],
    top: 100,
    none: "No database was copied while it was watched.",
  },
  {
    title: "Lag: how far the secondary is behind",
    id: "lag",
    read: ({ lagSeconds }) => lagSeconds,
    shown: duration,
    steps: [1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 6 * 3600, 12 * 3600, 86_400].concat(decimal(86_400)),
    none: "The log has no lag: it needs SQL Server's side (--sql-server or a stack).",
  },
  {
    title: "Queues: log that is not sent or not redone yet",
    id: "queues",
    read: ({ queueKilobytes }) => (queueKilobytes === undefined ? undefined : queueKilobytes * 1024),
    shown: bytes,
    steps: [...decimal(1024), ...decimal(2 ** 20), ...decimal(2 ** 30), ...decimal(2 ** 40)],
    none: "The log has no queues: they need SQL Server's side (--sql-server or a stack).",
  },
];

interface Series {
  readonly name: string;
  readonly points: readonly (readonly [at: Date, value: number | undefined])[];
  readonly highest: number;
  readonly last: number | undefined;
  /** Of those with the highest values: the number of its colour and dashes. */
  readonly colour?: number;
}

/** D3 as far as it draws lines: its packages are ES modules, which CommonJS can only load so on every version of Node. */
async function loadD3() {
  const [scale, shape] = await Promise.all([import("d3-scale"), import("d3-shape")]);
  return { ...scale, ...shape };
}
type D3 = Awaited<ReturnType<typeof loadD3>>;

/** A chart for each measure; `anchorOf` says where the page tells of a link. */
export async function timeCharts(
  samples: readonly Sample[],
  anchorOf: (link: LinkSample) => string | undefined,
): Promise<Html> {
  const d3 = await loadD3();
  return html`${measures.map((measure) => chart(d3, measure, samples, anchorOf))}`;
}

/** As many points as a screen shows; more would only make the page large. */
const pointsShown = 400;

function chart(
  d3: D3,
  measure: Measure,
  samples: readonly Sample[],
  anchorOf: (link: LinkSample) => string | undefined,
): Html {
  const { title, id, none, shown, steps, top } = measure;
  const anchors = new Map<string, string | undefined>();
  for (const { links } of samples) for (const link of links) anchors.set(keyOf(link), anchorOf(link));
  const series = seriesOf(measure, samples);
  if (series.length === 0) return html`<h3 id="${id}">${title}</h3><p>${none}</p>`;
  const [from, to] = [samples[0], samples.at(-1)].map((sample) => Date.parse(sample?.at ?? ""));
  const x = d3.scaleUtc([new Date(from ?? 0), new Date(to === from ? (from ?? 0) + 1000 : (to ?? 0))], [0, 100]);
  const highest = top ?? Math.max(...series.map((one) => one.highest));
  const step = steps.find((one) => highest <= 4 * one) ?? highest / 4;
  const values = Array.from({ length: Math.max(1, Math.ceil(highest / step)) + 1 }, (_, i) => i * step);
  const y = d3.scaleLinear([0, values.at(-1) ?? step], [100, 0]);
  const path = d3
    .line<readonly [Date, number | undefined]>()
    .defined(([, value]) => value !== undefined)
    .x(([at]) => round(x(at)))
    .y(([, value]) => round(y(value ?? 0)));
  const ticks = x.ticks(6);
  const format = timeFormat((to ?? 0) - (from ?? 0));
  const drawn = series.toSorted((a, b) => (a.colour === undefined ? 0 : 1) - (b.colour === undefined ? 0 : 1));
  return html`<figure aria-labelledby="${id}">
<figcaption id="${id}">${title}</figcaption>
<div class="chart">
<svg aria-hidden="true">${values.map((value) => html`<text x="92%" y="${inPlot(y(value))}%" dy="4" text-anchor="end">${shown(value)}</text>`)}</svg>
<svg role="group" aria-labelledby="${id}">
${values.map((value) => html`<line class="grid" x1="0" x2="100%" y1="${inPlot(y(value))}%" y2="${inPlot(y(value))}%"/>`)}
<svg y="${inPlot(0)}%" width="100%" height="${inPlot(100) - inPlot(0)}%" viewBox="0 0 100 100" preserveAspectRatio="none" overflow="visible">
${drawn.map((one) => lineOf(one, path(one.points) ?? "", anchors.get(one.name), shown))}
</svg>
${ticks.map((tick, i) => {
  const at = round(x(tick));
  const side = at < 4 ? "start" : at > 92 ? "end" : "middle";
  return html`<text ${new Html(i % 2 === 1 ? 'class="minor"' : "")} x="${at}%" y="97%" text-anchor="${side}" aria-hidden="true">${format(tick)}</text>`;
})}
</svg>
</div>
${tableOf(series, measure)}
</figure>`;
}

/** Where a place of the plot, in hundredths of its height, is in the chart, which has the times below the plot. */
const inPlot = (hundredths: number): number => round(4 + hundredths * 0.84);

/** UTC, as short as the whole time allows. */
function timeFormat(milliseconds: number): (time: Date) => string {
  if (milliseconds <= 3 * 60_000) return (time) => time.toISOString().slice(11, 19);
  if (milliseconds <= 2 * 86_400_000) return (time) => time.toISOString().slice(11, 16);
  return (time) => time.toISOString().slice(5, 10);
}

function lineOf(
  { name, colour, highest, last }: Series,
  path: string,
  anchor: string | undefined,
  shown: Measure["shown"],
): Html {
  const label = `${labelOf(name)}: ${last === undefined ? "nothing at last" : `${shown(last)} at last`}, ${shown(highest)} at most`;
  const line = html`<path class="${colour === undefined ? "series" : `series s${colour}`}" d="${path}"><title>${label}</title></path>`;
  return anchor === undefined ? line : html`<a href="#${anchor}" aria-label="${label}">${line}</a>`;
}

/** The lines that stand out have their names beside the graph; the values of all can be unfolded. */
function tableOf(series: readonly Series[], { shown, title }: Measure): Html {
  const prominent = series.filter(({ colour }) => colour !== undefined);
  const others = series.filter(({ colour }) => colour === undefined);
  const table = (rows: readonly Series[], caption: string) => html`<table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Link</th><th scope="col" class="number">Last</th><th scope="col" class="number">Highest</th></tr></thead>
<tbody>${rows.map(
    ({ name, last, highest, colour }) =>
      html`<tr><th scope="row">${colour === undefined ? nothing : swatch(colour)}${prose(labelOf(name))}</th><td class="number">${last === undefined ? "none" : shown(last)}</td><td class="number">${shown(highest)}</td></tr>`,
  )}</tbody>
</table>`;
  const many = `${counted(others.length, "other link")}, in grey`;
  return html`${table(prominent, `${title}: ${others.length === 0 ? "all links" : "the highest values"}`)}${
    others.length === 0
      ? nothing
      : html`<details><summary>${many}</summary>${table(others, `${title}: the others`)}</details>`
  }`;
}

const swatch = (colour: number): Html =>
  html`<svg class="swatch" aria-hidden="true"><line class="series s${colour}" x1="0" x2="100%" y1="50%" y2="50%"/></svg>`;

const keyOf = ({ name, sqlServer, managedInstance }: LinkSample): string =>
  JSON.stringify([name, sqlServer ?? "", managedInstance ?? ""]);

const labelOf = (key: string): string => {
  const [name = "", server = ""]: string[] = JSON.parse(key);
  return server === "" ? name : `${name} (${server})`;
};

function seriesOf({ read }: Measure, samples: readonly Sample[]): Series[] {
  const byLink = new Map<string, (number | undefined)[]>();
  for (const [i, { links }] of samples.entries())
    for (const link of links) {
      const value = read(link);
      if (typeof value !== "number" || !Number.isFinite(value)) continue;
      const known = byLink.get(keyOf(link)) ?? [];
      known[i] = value;
      byLink.set(keyOf(link), known);
    }
  const step = Math.ceil(samples.length / pointsShown);
  const all = [...byLink].map(([name, values]) => {
    // Of looks that fall together the highest is drawn, so that no peak is lost.
    const points = samples.flatMap(({ at }, i) =>
      i % step === 0 ? [[new Date(at), highestOf(values.slice(i, i + step))] as const] : [],
    );
    return { name, points, highest: highestOf(values) ?? 0, last: values[samples.length - 1] };
  });
  const ranked = all.toSorted((a, b) => b.highest - a.highest || a.name.localeCompare(b.name, "en", { numeric: true }));
  return ranked.map((one, i) => (i < 5 ? { ...one, colour: i } : one));
}

const highestOf = (values: readonly (number | undefined)[]): number | undefined =>
  values.reduce(
    (highest, value) => (value === undefined || (highest !== undefined && highest > value) ? highest : value),
    undefined,
  );

const round = (value: number): number => Math.round(value * 100) / 100;
