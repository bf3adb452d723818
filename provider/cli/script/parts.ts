import { apiVersion } from "../../azure/session";
import { capital } from "../../errors/wording";
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
  step.on === "SQL Server" ? step.statement.text : JSON.stringify(step.method === "PUT" ? step.properties : {});

export const fileOf = ({ number, on }: Part): string => `${number}-${on === "Azure" ? "azure.sh" : "sql-server.sql"}`;

export const textOf = (part: Part): string => (part.on === "Azure" ? shellOf(part) : sqlOf(part));

/** Batches between lines of GO. Each comment says what follows, and when up leaves it out. */
const sqlOf = ({ steps }: Part): string =>
  ["USE master\nGO\n", ...steps.filter((step) => step.on === "SQL Server").map(batchOf)].join("\n");

const batchOf = (step: SqlStep): string => {
  const { doing, statement, unless } = step;
  const comment = unless ? `${capital(doing)}, unless ${unless.words}.` : `${capital(doing)}.`;
  return `-- ${comment}\n${statementOf({ statement, unless }).text}\nGO\n`;
};

/** The statement with its condition. */
export const statementOf = ({ statement, unless }: Pick<SqlStep, "statement" | "unless">): Statement => {
  const trimmed = { text: outdented(statement.text) };
  return unless ? sql`IF NOT EXISTS (${{ text: outdented(unless.query.text) }})\n${trimmed}` : trimmed;
};

/** Statements stand indented in the code that they come from. */
const outdented = (text: string): string => text.trim().replaceAll(/ *\n(?: {4})?/g, "\n");

const shellOf = ({ takes, steps }: Part): string => {
  const calls = steps.filter((step) => step.on === "Azure");
  return [
    ...takes.map((name) => `: "\${${name}:?is not set: see the parts before}"\n`),
    ...(calls.some(({ method }) => method === "PUT") ? [putFunction] : []),
    ...calls.map(commandOf),
  ].join("\n");
};

/** `az rest` sends exactly what up sends, and waits for nothing. */
const putFunction = `# put PATH BODY QUERY WORDS: sends a PUT to Azure Resource Manager, then looks every 15 seconds, until the query has an answer
# that does not begin with one of the words. An answer with "error" in it is a failure.
put() {
  az rest --method put --url "$1?api-version=${apiVersion}" --body "$2" --output none || return
  local seen
  while :; do
    seen=$(az rest --method get --url "$1?api-version=${apiVersion}" --query "$3" --output tsv 2>&1) || seen="not yet: $seen"
    echo "\${1##*/}: $seen" >&2
    case $(tr '[:upper:]' '[:lower:]' <<<"$seen") in
      'not yet'* | '') ;;
      *error*) return 1 ;;
      *) grep -qiE "^($4)( |$)" <<<"$seen" || return 0 ;;
    esac
    sleep 15
  done
}
`;

function commandOf(step: AzureStep): string {
  const { doing, path, query } = step;
  const command =
    step.method === "GET"
      ? `az rest --method get --url ${quoted(`${path}?api-version=${apiVersion}`)} --query ${quoted(query)} --output tsv`
      : ["put", path, JSON.stringify({ properties: step.properties }), query, (step.unfinished ?? ["-"]).join("|")]
          .map((word, i) => (i === 0 ? word : quoted(word)))
          .join(" \\\n  ");
  return `# ${capital(doing)}.\n${command}\n`;
}

/** For bash, where places are variables. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''").replace(/\$\(([A-Za-z]+)\)/g, `'"$$$1"'`)}'`;
