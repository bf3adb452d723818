import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BatchAnswer, ResultSet, SqlClient } from "../client";
import { libraryFolder, unpackDebianPackages } from "../debian";

const packages = ["freetds-bin=1.3.17+ds-2"];

/** FreeTDS's console, which gets each batch as a user would type it, with GO. */
export const freetds: SqlClient = {
  kind: "sql",
  name: "FreeTDS tsql",
  version: "1.3.17",
  needs: ["apt-get", "dpkg-deb"],
  recipe: packages,
  install: (folder) => unpackDebianPackages(packages, folder),
  async connect(folder, { host, port, user, password, caFile }) {
    const settings = await writeSettings(caFile);
    const args = ["-H", host, "-p", String(port), "-U", user, "-P", password, "-t", separator];
    return {
      async run(batch) {
        const variables = { FREETDSCONF: settings.file, LD_LIBRARY_PATH: libraryFolder(folder) };
        return read(await type(join(folder, "usr", "bin", "tsql"), args, variables, `${batch}\ngo\n`));
      },
      close: settings.remove,
    };
  },
};

const separator = "\u001f";

/** freetds.conf that encrypts everything and trusts one authority. */
export async function writeSettings(caFile: string): Promise<{ readonly file: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "mi-link-freetds-"));
  const file = join(folder, "freetds.conf");
  const lines = [
    `ca file = ${caFile}`,
    "check certificate hostname = yes",
    "encryption = require",
    "tds version = 7.4",
  ];
  await writeFile(file, ["[global]", ...lines, ""].join("\n"));
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

function type(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string,
): Promise<Printed> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, timeout: 60_000 });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    child.once("error", reject);
    child.once("close", () => resolve({ stdout, stderr }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

/**
 * Results are a line of names, the rows, and "(1 row affected)", which a set without rows lacks; a procedure that a batch
 * calls adds "(return status = 0)". What PRINT says comes on standard error, as it is; other messages come there with
 * their number.
 */
function read({ stdout, stderr }: Printed): BatchAnswer {
  const text = stdout.slice(stdout.indexOf("1> ")).replaceAll(/(^|\n)(\d+> )+/g, "$1");
  const numbered = /^Msg \d+ \(severity (\d+), state \d+\) from .*:\n\t"(.*)"$/gm;
  const failure = [...stderr.matchAll(numbered)].find(([, severity]) => Number(severity) > 10)?.[2];
  // First comes the console's count of the seconds until it is connected.
  const messages = stderr
    .replace(/^( *\d*\r)+/, "")
    .replaceAll(numbered, "$2")
    .split("\n")
    .filter(isMessage);
  const sets: ResultSet[] = [];
  let lines: string[] = [];
  for (const line of text.split("\n")) {
    const footer = /^\((\d+) rows? affected\)$/.exec(line);
    if (!footer && line.trim() !== "" && !/^\(return status = -?\d+\)$/.test(line)) lines.push(line);
    if (!footer) continue;
    const rows = lines.splice(lines.length - Number(footer[1]));
    sets.push(...lines.map((header, at) => resultSet(header, at === lines.length - 1 ? rows : [])));
    lines = [];
  }
  sets.push(...lines.map((header) => resultSet(header, [])));
  return { sets, messages, error: failure ?? connectionFailure(stdout, stderr) };
}

function resultSet(header: string, rows: readonly string[]): ResultSet {
  return { columns: header.split(separator), rows: rows.map((row) => row.split(separator).map(value)) };
}

/** The console's own words are no messages of the server. */
const isMessage = (line: string) =>
  line.trim() !== "" && !/^(locale|using default charset|Default database) /.test(line);

function connectionFailure(stdout: string, stderr: string): string | undefined {
  return stdout.includes("1> ") ? undefined : `no connection: ${stderr.trim()}`;
}

function value(text: string): string | null {
  if (text === "NULL") return null;
  return /^([0-9a-f]{2}){10,}$/.test(text) ? text.toUpperCase() : text;
}
