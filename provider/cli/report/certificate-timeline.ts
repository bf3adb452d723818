import { counted } from "../../errors/wording";
import type { CertificateStatus, Status } from "../status/status-data";
import { cards } from "./cards";
import { Html, html, prose } from "./html";

interface Row extends CertificateStatus {
  readonly owner: string;
}

/** Lengths of time that the axis is labelled with. */
const marks: readonly (readonly [days: number, label: string])[] = [
  [0, "today"],
  [30, "1 month"],
  [365, "1 year"],
  [3 * 365, "3 years"],
  [10 * 365, "10 years"],
];

/**
 * The certificates that links stand on, those that end first on top: a table whose last column is a time line. What ends
 * within days matters more than what ends in ten years, so the time line has more room for what is near.
 */
export async function certificateTimeline(status: Status): Promise<Html> {
  const rows = rowsOf(status);
  if (rows.length === 0) return html`<p>No certificate could be read.</p>`;
  const { scalePow } = await import("d3-scale");
  const first = Math.min(-30, ...rows.map(({ daysLeft }) => daysLeft));
  const last = Math.max(3 * 365, ...rows.map(({ daysLeft }) => daysLeft));
  const x = scalePow([first, last], [2, 98]).exponent(0.3);
  const at = (days: number): string => `${Math.round(x(days) * 100) / 100}%`;
  const shown = marks.filter(([days]) => days <= last);
  return cards(html`<table class="cards certificates">
<caption>Days are UTC, by the clock of the server that has it; what ends first comes first.</caption>
<thead><tr><th scope="col">Certificate</th><th scope="col">Of</th><th scope="col">Last day</th><th scope="col">Validity</th>
<th scope="col" class="bar axis"><span class="faint">Time line</span><svg aria-hidden="true">${shown.map(
    ([days, label]) =>
      html`<text ${new Html(days === 30 ? 'class="minor"' : "")} x="${at(days)}" y="75%" text-anchor="${x(days) > 85 ? "end" : "middle"}">${label}</text>`,
  )}</svg></th></tr></thead>
<tbody>${rows.map(
    ({
      name,
      owner,
      expiryDate,
      validity,
      daysLeft,
    }) => html`<tr><th scope="row">${prose(name)}</th><td data-label="Of">${prose(owner)}</td>
<td data-label="Last day">${expiryDate}</td><td data-label="Validity"><span class="mark ${healths[validity]}">${words(validity, daysLeft)}</span></td>
<td class="bar"><svg role="img" aria-label="${words(validity, daysLeft)}, last day ${expiryDate}">${shown.map(
      ([days]) =>
        html`<line class="${days === 0 ? "now" : "grid"}" x1="${at(days)}" x2="${at(days)}" y1="0" y2="100%"/>`,
    )}<g class="${healths[validity]}"><line class="life" x1="${at(Math.min(0, daysLeft))}" x2="${at(Math.max(0, daysLeft))}" y1="50%" y2="50%"/><circle class="end" cx="${at(daysLeft)}" cy="50%" r="6"/></g></svg></td></tr>`,
  )}</tbody>
</table>`);
}

const healths = { Valid: "Healthy", ExpiresSoon: "Warning", Expired: "Broken" } as const;

function words(validity: Row["validity"], daysLeft: number): string {
  const days = counted(Math.abs(daysLeft), "day");
  if (validity === "Expired") return daysLeft < 0 ? `expired ${days} ago` : "expired";
  return daysLeft > 730 ? `${Math.floor(daysLeft / 365)} years left` : `${days} left`;
}

function rowsOf({ sqlServers, managedInstances }: Status): Row[] {
  const all = [
    ...sqlServers.map(({ name, address, certificate }) => ({ owner: name ?? address, certificate })),
    ...managedInstances.map(({ name, certificate }) => ({ owner: name, certificate })),
  ];
  return all
    .flatMap(({ owner, certificate }) => (certificate ? [{ ...certificate, owner }] : []))
    .toSorted((a, b) => a.daysLeft - b.daysLeft);
}
