import type { ErrorCase } from "./cases";
import type { azureNotRaised, notRaised } from "./not-raised";

export interface Raised {
  readonly number: number;
  readonly how: ErrorCase;
  /** The text as it was seen. */
  readonly text: string;
}

/** These parts of a text differ each time. */
const guid = /[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}/gi;
const port = /(port |127\.0\.0\.1:)\d+/g;

export interface RaisedByAzure {
  readonly code: string;
  readonly how: string;
  readonly status: number;
  readonly message: string;
}

interface Azure {
  readonly raised: readonly RaisedByAzure[];
  readonly missing: typeof azureNotRaised;
}

export function tableOf(raised: readonly Raised[], missing: typeof notRaised, azure: Azure): string {
  const rows = [...raised]
    .sort((one, other) => one.number - other.number)
    .map(({ number, how, text }) => `| ${number} | ${wayOf(how)} | ${cell(text)} |`);
  const others = missing.map(([numbers, reason]) => `| ${rangeOf(numbers)} | ${reason} |`);
  return [
    "# Errors of the lab",
    "",
    "Written by the tests from what they saw: `WRITE_ERRORS=1 npx mocha lab/dist/tests/errors/errors.test.js`.",
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
    "# Codes of Azure",
    "",
    "Those that the specification lists for links and trust certificates, and some of instances. An operation that was",
    "accepted and failed then has 202.",
    "",
    "| Code | Status | Raised by | Message |",
    "| --- | --- | --- | --- |",
    ...[...azure.raised]
      .sort((one, other) => one.code.localeCompare(other.code))
      .map(({ code: name, status, how, message }) => `| ${name} | ${status} | ${cell(how)} | ${cell(message)} |`),
    "",
    "## Raised by a fault rule only",
    "",
    "| Codes | Reason |",
    "| --- | --- |",
    ...azure.missing.map(([codes, reason]) => `| ${codes.join(", ")} | ${reason} |`),
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
