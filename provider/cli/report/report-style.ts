/** All colours have a contrast of 4.5 at least with what they stand on, light and dark. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f5f6f8; --text: #1b1f24; --faint: #57606a; --line: #c9d1d9; --link: #0550ae;
  --Healthy: #116329; --Copying: #0550ae; --Warning: #7d4e00; --Broken: #a40e26; --Unknown: #57606a;
  --series0: #0550ae; --series1: #a40e26; --series2: #116329; --series3: #7d4e00; --series4: #6639ba; --others: #8c959f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --panel: #161b22; --text: #e6edf3; --faint: #9aa4af; --line: #3d444d; --link: #79c0ff;
    --Healthy: #56d364; --Copying: #79c0ff; --Warning: #e3b341; --Broken: #ff8f87; --Unknown: #9aa4af;
    --series0: #79c0ff; --series1: #ff8f87; --series2: #56d364; --series3: #e3b341; --series4: #d2a8ff; --others: #6e7681;
  }
}
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; background: var(--page); color: var(--text); }
body { margin: 0 auto; max-width: 75rem; padding: 0 1rem 3rem; overflow-wrap: break-word; }
.long { overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1.5rem 0 0.25rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; border-bottom: 1px solid var(--line); padding-bottom: 0.25rem; }
h3 { font-size: 1rem; margin: 0 0 0.25rem; }
p { margin: 0.25rem 0 0.75rem; max-width: 50rem; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
nav ul, .counts { display: flex; flex-wrap: wrap; gap: 0.5rem 1.25rem; list-style: none; padding: 0; margin: 0.75rem 0; }
.counts li { border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.25rem 0.9rem; background: var(--panel); }
.counts b { font-size: 1.35rem; margin-right: 0.35rem; }
.faint { color: var(--faint); }
.mark { font-weight: 600; white-space: nowrap; }
.mark::before { content: ""; display: inline-block; width: 0.7em; height: 0.7em; margin-right: 0.4em; background: currentColor; border-radius: 50%; }
.mark.Broken::before { border-radius: 0; }
.mark.Warning::before { clip-path: polygon(50% 0, 100% 100%, 0 100%); border-radius: 0; }
.mark.Unknown::before { background: none; border: 2px solid currentColor; }
.Healthy { color: var(--Healthy); } .Copying { color: var(--Copying); } .Warning { color: var(--Warning); }
.Broken { color: var(--Broken); } .Unknown { color: var(--Unknown); }
.problem { border: 1px solid var(--line); border-left: 0.35rem solid var(--line); border-radius: 0.4rem; padding: 0.75rem 1rem; margin: 0 0 0.75rem; background: var(--panel); break-inside: avoid; }
.problem.error { border-left-color: var(--Broken); } .problem.warning { border-left-color: var(--Warning); }
.problem dl { display: grid; grid-template-columns: 9rem minmax(0, 1fr); gap: 0.25rem 0.75rem; margin: 0.5rem 0 0; }
.problem dt { color: var(--faint); } .problem dd { margin: 0; }
.said { font-family: ui-monospace, Consolas, Menlo, monospace; font-size: 0.875rem; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1rem; }
caption { text-align: left; color: var(--faint); padding: 0 0 0.5rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--line); }
thead th { overflow-wrap: normal; color: var(--faint); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 600; }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.topology td, .topology th { border: 0; vertical-align: middle; }
.topology tbody th { border: 1px solid var(--line); border-radius: 0.5rem; background: var(--panel); width: 30%; }
.topology { table-layout: fixed; border-collapse: separate; border-spacing: 0 0.4rem; }
.topology td { text-align: center; } .topology thead th:nth-child(odd) { width: 30%; }
.part { white-space: nowrap; }
.topology svg { display: block; width: 100%; height: 14px; }
.edge { stroke: currentColor; stroke-width: 2; } .edge.Broken { stroke-dasharray: 6 5; }
.head { fill: currentColor; }
meter { width: 6rem; max-width: 100%; }
.certificates { table-layout: fixed; } .certificates th:nth-child(1) { width: 24%; } .certificates :is(th, td):nth-child(2) { width: 15%; }
.certificates th:nth-child(3) { width: 12%; } .certificates th:nth-child(4) { width: 15%; } .certificates .mark { white-space: normal; }
.bar svg { display: block; width: 100%; height: 1.5rem; overflow: visible; }
.axis svg { display: block; width: 100%; height: 1.5rem; overflow: visible; }
svg text { fill: var(--faint); font-size: 0.8rem; }
.grid { stroke: var(--line); stroke-width: 1; }
.now { stroke: var(--text); stroke-width: 1.5; stroke-dasharray: 3 3; }
.life { stroke: currentColor; stroke-width: 5; } .end { fill: currentColor; }
figure { margin: 0 0 2rem; break-inside: avoid; }
figcaption { font-weight: 600; margin: 0 0 0.5rem; }
.chart { display: grid; grid-template-columns: 4.5rem minmax(0, 1fr); margin: 0 0 0.5rem; }
.chart > svg { display: block; width: 100%; height: 15rem; overflow: visible; }
.series { fill: none; stroke: var(--others); stroke-width: 1.25; vector-effect: non-scaling-stroke; opacity: 0.75; }
.chart a:focus-visible .series, .chart a:hover .series { stroke-width: 5; opacity: 1; }
.chart a:focus { outline: none; }
${[0, 1, 2, 3, 4].map((i) => `.series.s${i} { stroke: var(--series${i}); stroke-width: 2.25; opacity: 1; stroke-dasharray: ${["none", "8 4", "2 3", "12 3 2 3", "5 5"][i]}; }`).join("\n")}
.swatch { display: inline-block; width: 3rem; height: 0.8rem; margin-right: 0.5rem; vertical-align: middle; }
details { margin: 0.5rem 0; } summary { cursor: pointer; color: var(--link); }
@media (max-width: 64rem) { .axis .minor { display: none; } }
@media screen and (max-width: 60rem) {
  .cards tbody { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); gap: 0 0.75rem; }
  .cards, .cards caption, .cards tr, .cards td, .cards tbody th { display: block; }
  .cards thead { position: absolute; left: -100rem; }
  .cards tr { border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.4rem 0.75rem; margin: 0 0 0.75rem; break-inside: avoid; }
  .cards td, .cards tbody th { border: 0; padding: 0.15rem 0; text-align: left; width: auto; white-space: normal; }
  .cards td[data-label]::before { content: attr(data-label) ": "; color: var(--faint); }
  .cards td:empty { display: none; }
}
@media screen and (max-width: 44rem) {
  .problem dl { grid-template-columns: minmax(0, 1fr); } .problem dd { margin: 0 0 0.35rem; }
  .topology th, .topology td { padding: 0.3rem; }
  .minor { display: none; }
}
@media screen and (max-width: 60rem) {
  .bar .grid { display: none; }
  .certificates :is(th, td):nth-child(n) { width: auto; }
}
@media print {
  .axis .minor { display: none; }
  :root {
    color-scheme: light;
    --page: #ffffff; --panel: #ffffff; --text: #000000; --faint: #404040; --line: #b0b0b0; --link: #000000;
    --Healthy: #116329; --Copying: #0550ae; --Warning: #7d4e00; --Broken: #a40e26; --Unknown: #404040;
    --series0: #0550ae; --series1: #a40e26; --series2: #116329; --series3: #7d4e00; --series4: #6639ba; --others: #8c959f;
  }
  html { font-size: 11px; } body { max-width: none; } nav, .skip { display: none; }
  * { print-color-adjust: exact; } thead { display: table-header-group; } tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
  details::details-content { content-visibility: visible; height: auto; }
}
`;
