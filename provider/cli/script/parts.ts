import { apiVersion } from "../../azure/session";
import type { AzureStep, SqlStep, Step } from "../../lifecycle/steps";
import { type Statement, sql } from "../../sql-server/tsql";

/** What one of the two sides does at a stretch. */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly on: Step["on"];
  readonly steps: readonly Step[];
  /** Places that are to be filled in it, and what it gives for those after it. */
  readonly takes: readonly string[];
  readonly gives: readonly string[];
}

export function partsOf(steps: readonly Step[]): readonly Part[] {
  const stretches: Step[][] = [];
  for (const step of steps) {
    const last = stretches.at(-1);
    if (last?.at(-1)?.on === step.on) last.push(step);
    else stretches.push([step]);
  }
  return stretches.map((its, i) => ({
    number: i + 1,
    on: its[0]?.on ?? "SQL Server",
    steps: its,
    takes: [...new Set(its.flatMap(placesIn))],
    gives: its.flatMap(({ gives = [] }) => gives),
  }));
}

/** A name with `$(` in it is refused before (`script-steps.ts`). */
const placesIn = (step: Step): string[] =>
  Array.from(textIn(step).matchAll(/\$\(([A-Za-z]+)\)/g), ([, name = ""]) => name);

const textIn = (step: Step): string =>
  step.on === "SQL Server" ? step.statement.text : JSON.stringify(step.properties ?? {});

export const fileOf = ({ number, on }: Part): string => `${number}-${on === "Azure" ? "azure.sh" : "sql-server.sql"}`;

export const textOf = (part: Part): string => (part.on === "Azure" ? shellOf(part) : sqlOf(part));

/** Batches between lines of GO. Each comment says what follows, and when up leaves it out. */
const sqlOf = ({ steps }: Part): string =>
  ["USE master\nGO\n", ...steps.filter((step) => step.on === "SQL Server").map(batchOf)].join("\n");

const batchOf = (step: SqlStep): string => {
  const { doing, statement, unless } = step;
  const comment = unless ? `${sentence(doing)}, unless ${unless.words}.` : `${sentence(doing)}.`;
  return `-- ${comment}\n${statementOf({ statement, unless }).text}\nGO\n`;
};

/** The statement with its condition. */
export const statementOf = ({ statement, unless }: Pick<SqlStep, "statement" | "unless">): Statement => {
  const trimmed = { text: outdented(statement.text) };
  return unless ? sql`IF NOT EXISTS (${{ text: outdented(unless.query.text) }})\n${trimmed}` : trimmed;
};

/** Statements stand indented in the code that they come from. */
const outdented = (text: string): string => text.trim().replaceAll(/ *\n(?: {4})?/g, "\n");

const shellOf = ({ takes, steps }: Part): string =>
  [
    ...takes.map((name) => `: "\${${name}:?is not set: see the parts before}"`),
    ...steps.filter((step) => step.on === "Azure").map(commandOf),
  ].join("\n");

/** `az resource create` sends the PUT and waits for the operation that it begins. */
function commandOf({ doing, method, path, properties, property = "" }: AzureStep): string {
  const id = `--ids ${quoted(path)} --api-version ${apiVersion}`;
  const command =
    method === "GET"
      ? `az resource show ${id} --query ${quoted(`properties.${property}`)} --output tsv`
      : [
          `az resource create ${id.replace("--ids", "--id")} --is-full-object`,
          `--properties ${quoted(JSON.stringify({ properties }))} --output none`,
        ].join(" \\\n  ");
  return `# ${sentence(doing)}.\n${command}\n`;
}

/** For bash, where places are variables. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''").replace(/\$\(([A-Za-z]+)\)/g, `'"$$$1"'`)}'`;

export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
