import { counted } from "../../errors/wording";
import type { Health, LinkStatus, Status } from "../status/status-data";
import { type Html, html, nothing, prose } from "./html";

/** All links between one SQL Server and one managed instance. */
interface Edge {
  readonly server: string;
  readonly instance: string;
  readonly links: readonly LinkStatus[];
}

/** Which servers are linked with which instances: a picture that is a table, so that it reads, wraps and prints as one. */
export function topology({ links }: Status): Html {
  const edges = [
    ...Map.groupBy(links, ({ sqlServer, partnerEndpoint, managedInstance }) =>
      JSON.stringify([sqlServer ?? partnerEndpoint ?? "(not asked)", managedInstance ?? "(unknown)"]),
    ),
  ].map(([key, its]): Edge => {
    const [server = "", instance = ""]: string[] = JSON.parse(key);
    return { server, instance, links: its };
  });
  const sorted = edges.toSorted((a, b) => compare(a.instance, b.instance) || compare(a.server, b.server));
  const instances = Map.groupBy(sorted, ({ instance }) => instance);
  return html`<table class="topology">
<caption>An arrow goes from the side whose database is written to; it is broken where a link is.</caption>
<thead><tr><th scope="col">SQL Server</th><th scope="col">Links</th><th scope="col">Managed instance</th></tr></thead>
<tbody>${[...instances.values()].flatMap((same) =>
    same.map(
      ({ server, instance, links: its }, i) => html`<tr><th scope="row">${prose(server)}</th>
<td>${countsOf(its)}${arrow(its)}</td>
${i === 0 ? html`<th scope="rowgroup" rowspan="${same.length}">${prose(instance)}</th>` : nothing}</tr>`,
    ),
  )}</tbody>
</table>`;
}

const compare = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

const order: readonly Health[] = ["Broken", "Unknown", "Warning", "Copying", "Healthy"];

const worst = (links: readonly LinkStatus[]): Health =>
  order.find((health) => links.some((link) => link.health === health)) ?? "Unknown";

function countsOf(links: readonly LinkStatus[]): Html {
  const parts = order.flatMap((health) => {
    const count = links.filter((link) => link.health === health).length;
    return count === 0 ? [] : [html`<span class="part ${health}">${count} ${health.toLowerCase()}</span>`];
  });
  return html`<span class="part">${counted(links.length, "link")}:</span> ${parts.map((part, i) => html`${i === 0 ? "" : ", "}${part}`)}`;
}

function arrow(links: readonly LinkStatus[]): Html {
  const health = worst(links);
  const primaries = new Set(links.map(({ primary }) => primary));
  const isTo = (side: string) => primaries.has(side as LinkStatus["primary"]) || primaries.has("both");
  return html`<svg class="${health}" aria-hidden="true"><line class="edge ${health}" x1="10" x2="100%" y1="7" y2="7" transform="translate(-5 0)"/>${
    isTo("SQL Server") ? html`<svg x="100%" overflow="visible"><path class="head" d="M0 7L-12 1V13Z"/></svg>` : nothing
  }${isTo("managed instance") ? html`<path class="head" d="M0 7L12 1V13Z"/>` : nothing}</svg>`;
}
