import type { ErrorCase } from "./cases";
import type { notRaised } from "./not-raised";

export interface Raised {
  readonly number: number;
  readonly how: ErrorCase;
  /** As it was seen. */
  readonly text: string;
}

/** What differs each time. */
const guid = /[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}/gi;
const port = /(port |127\.0\.0\.1:)\d+/g;

export function tableOf(raised: readonly Raised[], missing: typeof notRaised): string {
  const rows = [...raised]
    .sort((one, other) => one.number - other.number)
    .map(({ number, how, text }) => `| ${number} | ${wayOf(how)} | ${cell(text)} |`);
  const others = missing.map(([numbers, reason]) => `| ${rangeOf(numbers)} | ${reason} |`);
  return [
    "# Errors of the lab",
    "",
    "Written by the tests from what they saw: `WRITE_ERRORS=1 npx mocha tests/dist/lab/errors/errors.test.js`.",
    "Each on a fresh SQL Server 2022, by sa, where nothing else is said; the batches of `before` ran first.",
    "",
    "| Number | Raised by | Text |",
    "| --- | --- | --- |",
    ...rows,
    "",
    "## Not raised",
    "",
    "| Numbers | Reason |",
    "| --- | --- |",
    ...others,
    "",
  ].join("\n");
}

function wayOf({ batch, before = [], version, withoutAlwaysOn, as, login }: ErrorCase): string {
  const circumstances = [
    version && `on ${version}`,
    withoutAlwaysOn && "without Always On",
    as && "by a login without permissions",
    login?.database && `connecting to database ${login.database}`,
    login?.password && "connecting with a wrong password",
    before.length > 0 && `before: ${before.map((each) => code(short(each))).join(", ")}`,
  ].filter((each) => typeof each === "string");
  const way = login ? [] : [batch.startsWith("(") ? cell(batch) : code(batch)];
  return [...way, ...circumstances].join("; ");
}

function short(text: string): string {
  return text.length > 70 ? `${text.slice(0, 66)} ...` : text;
}

function code(text: string): string {
  return `\`${cell(text)}\``;
}

function cell(text: string): string {
  const steady = text.replace(guid, "...").replace(port, "$1...");
  return steady.replace(/\s+/g, " ").replaceAll("|", "\\|");
}

function rangeOf(numbers: readonly number[]): string {
  const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 0];
  return numbers.length > 10 && last - first === numbers.length - 1 ? `${first} to ${last}` : numbers.join(", ");
}
