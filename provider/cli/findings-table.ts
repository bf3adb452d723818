import { styleText } from "node:util";
import { printable } from "../errors/printable";
import { counted } from "../errors/wording";
import type { Finding, Step, Verdict } from "../preflight/finding";
import { places } from "../preflight/places";
import type { PreflightReport } from "../preflight/report";

/** The findings by what was looked at. Beyond a hundred of them, those that passed are counted only. */
export function tableOf(
  { findings, counts }: PreflightReport,
  width = Number.POSITIVE_INFINITY,
  end = "Nothing was changed.",
): string {
  const isLong = findings.length > 100;
  const bySubject = (all: readonly Finding[]) => Map.groupBy(all, ({ subject }) => subject);
  // In the order in which they are printed: what is told above is above.
  const subjects = [...bySubject(reasonsOnce([...bySubject(findings).values()].flat()))];
  const wide = Math.max(...findings.map(({ id }) => id.length));
  const total = Object.entries(counts).map(([verdict, count]) =>
    verdict === "warning" ? counted(count, verdict) : `${count} ${verdict}`,
  );
  return [
    ...subjects.flatMap(([subject, all]) => [
      styled("bold", printable(subject)),
      ...rowsOf(all, wide, isLong, width),
      "",
    ]),
    `${total.join(", ")}. ${end}`,
  ].join("\n");
}

/** What stands in the way of many tests, such as a side that is not reached, is told in full with the first of them. */
function reasonsOnce(findings: readonly Finding[]): Finding[] {
  const first = new Map<string, Finding>();
  return findings.map((finding) => {
    const { reason, verdict } = finding;
    const told = reason === undefined ? undefined : first.get(reason);
    if (reason !== undefined && !told) first.set(reason, finding);
    if (!told || verdict !== "unknown") return finding;
    return { ...finding, sentence: `Not tested, for the same reason as ${told.id} above.`, remedy: [] };
  });
}

function rowsOf(all: readonly Finding[], wide: number, isLong: boolean, width: number): string[] {
  const shown = isLong ? all.filter(({ verdict }) => verdict !== "passed") : all;
  const left = all.length - shown.length;
  return [
    ...joined(shown).flatMap((finding) => rowOf(finding, wide, width)),
    ...(left === 0 ? [] : [`  ${styled(colours.passed, "passed")}   ${counted(left, "test")}`]),
  ];
}

/** What could not be tested, and says the same of it, is one row. */
function joined(findings: readonly Finding[]): Finding[] {
  const rows: Finding[] = [];
  for (const finding of findings) {
    const last = rows.at(-1);
    if (last && finding.verdict === "unknown" && last.verdict === "unknown" && last.sentence === finding.sentence)
      rows[rows.length - 1] = { ...last, id: `${last.id}, ${finding.id}` };
    else rows.push(finding);
  }
  return rows;
}

const colours = { passed: "green", warning: "yellow", failed: "red", unknown: "magenta" } as const;

function rowOf({ id, verdict, sentence, remedy = [] }: Finding, wide: number, width: number): string[] {
  const indent = " ".repeat(2 + "warning".length + 2 + wide + 2);
  const head = `  ${styled(colours[verdict], verdict.padEnd(7))}  ${id.padEnd(wide)}  `;
  const isBeside = id.length <= wide && width >= 100;
  const lines = wrapped(sentence, width - (isBeside ? indent.length : 4));
  const text = isBeside
    ? [`${head}${lines[0]}`, ...lines.slice(1).map((line) => `${indent}${line}`)]
    : [head.trimEnd(), ...lines.map((line) => `    ${line}`)];
  return [...text, ...remedy.flatMap((step, i) => stepOf(step, i === 0, isBeside ? indent : "    ", width))];
}

/** What is run stands alone on its line, as it is, to be copied. */
function stepOf({ how, text }: Step, isFirst: boolean, indent: string, width: number): string[] {
  const begin = isFirst ? "What to do" : "Then";
  if (how === "words") return wrapped(`${begin}: ${text}`, width - indent.length).map((line) => `${indent}${line}`);
  return [
    `${indent}${begin}, ${places[how]}:`,
    ...text.split("\n").map((line) => `${indent}  ${styled("cyan", printable(line))}`),
  ];
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of printable(text).split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Only on a terminal, and not with NO_COLOR. */
const styled = (style: "bold" | "cyan" | (typeof colours)[Verdict], text: string): string =>
  styleText(style, text, { stream: process.stdout });
