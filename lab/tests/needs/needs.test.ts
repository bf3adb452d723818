import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { ConnectionPool, RequestError } from "mssql";
import type { LabOptions } from "#lab/index";
import { createTestLink, type LinkedLab } from "../managed-instance/linked-lab";
import { fixture } from "../support/place";
import { filled, type Need, needsOf, type WantedSet } from "./corpus";

type Version = NonNullable<LabOptions["sqlVersion"]>;

/** Each of these linked pairs is sent the files one after the other. */
const scenes: readonly {
  readonly files: readonly string[];
  readonly versions: readonly Version[];
}[] = [
  { files: ["preparation.sql", "watching.sql", "planned.sql"], versions: [2016, 2017, 2019, 2025] },
  {
    files: ["preparation.sql", "watching.sql", "planned.sql", "network.sql", "dba.sql", "tables.sql", "drivers.sql"],
    versions: [2022],
  },
  { files: ["certificates.sql"], versions: [2016, 2017, 2019, 2022, 2025] },
  { files: ["agent.sql", "changing.sql", "encryption.sql"], versions: [2022, 2025] },
];

/** Whatever none of these files sends may be left out of the lab: see CONTRIBUTING.md. */
describe("what is sent to a SQL Server and an instance that are linked", function () {
  this.timeout(60_000);

  for (const { files, versions } of scenes) {
    for (const version of versions) {
      describe(`${files.join(", ")} on ${version}`, () => {
        let linked: LinkedLab;
        before(async () => {
          linked = await createTestLink({ sqlVersion: version, windows: true, startupTraceFlags: [1800, 9567] });
          await linked.establish();
        });
        after(() => linked.close());

        for (const need of files.flatMap(needsOf).filter(({ since, until }) => version >= since && version <= until)) {
          for (const side of need.sides)
            it(need.sides.length === 1 ? need.title : `${need.title} (${side})`, async () => {
              await check(linked[side], filled(need, valuesOf(linked)));
            });
        }
      });
    }
  }
});

const [, root = ""] =
  /CREATE CERTIFICATE \[DigiCertPKI\] FROM BINARY = (0x[0-9A-F]{1000,})/i.exec(
    readFileSync(fixture("seed_batches.json"), "utf8"),
  ) ?? [];

function valuesOf({ lab: { ready } }: LinkedLab): Readonly<Record<string, string>> {
  const [server] = ready.sqlServers;
  const [instance] = ready.managedInstances;
  assert.ok(server && instance);
  return { SqlServerAddress: server.host, InstanceFqdn: instance.fqdn, DigiCertGlobalRootG2: root };
}

interface ResultSet {
  readonly columns: readonly string[];
  readonly rows: (readonly unknown[])[];
}

async function check(pool: ConnectionPool, { text, sets, error }: Need): Promise<void> {
  const answered = await send(pool, text);
  assert.deepEqual(
    answered.errors.map(({ number, message }) => ({ number, message })),
    answered.errors.map(({ message }) => ({ number: error, message })),
  );
  assert.equal(answered.errors[0]?.number, error);
  assert.equal(answered.sets.length, sets.length, "result sets");
  for (const [at, wanted] of sets.entries()) compare(answered.sets[at] ?? assert.fail(), wanted);
}

/** Sends a batch in stream mode: only that tells the names of all columns, even of a set without rows. */
async function send(pool: ConnectionPool, text: string) {
  const sets: ResultSet[] = [];
  const errors: RequestError[] = [];
  const request = pool.request();
  Object.assign(request, { stream: true, arrayRowMode: true });
  request.on("recordset", (columns: readonly { readonly name: string }[]) =>
    sets.push({ columns: columns.map(({ name }) => name), rows: [] }),
  );
  request.on("row", (row: readonly unknown[]) => sets.at(-1)?.rows.push(row));
  request.on("error", (error: RequestError) => errors.push(error));
  await new Promise((resolve) => {
    request.on("done", resolve);
    void request.batch(text);
  });
  return { sets, errors };
}

function compare({ columns, rows }: ResultSet, wanted: WantedSet): void {
  assert.ok(wanted.orMore ? rows.length >= wanted.rows : rows.length === wanted.rows, `${rows.length} rows`);
  let at = 0;
  let others = false;
  for (const { name, value } of wanted.columns) {
    if (name === "...") {
      others = true;
      continue;
    }
    const found: number = others ? columns.indexOf(name, at) : at;
    assert.equal(columns[found], name, `column ${at + 1} of ${columns.join(", ")}`);
    if (value !== undefined) assert.equal(asText(rows[0]?.[found]), value, name);
    at = found + 1;
    others = false;
  }
  if (!others) assert.deepEqual(columns.slice(at), []);
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (Buffer.isBuffer(value)) return `0x${value.toString("hex").toUpperCase()}`;
  if (typeof value === "boolean") return value ? "1" : "0";
  return value instanceof Date ? value.toISOString() : String(value);
}
