import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BatchAnswer, Client } from "./client";
import { disagreement, expectedAnswers } from "./expected";
import { ensureInstallation, findInstallation } from "./installation";
import { notRun } from "./judgement";
import { table } from "./report";
import { filled, seedBatches } from "./seed";
import { mssql } from "./sql/mssql";

const values = {
  database: "db1",
  sqlServer: "sqlserver1",
  sqlServerAddress: "127.0.0.11",
  instance: "sqlmi1",
  instanceFqdn: "sqlmi1.0a1b2c.database.windows.net",
  instanceCertificate: "3082",
};

describe("a client's word about the lab", () => {
  const wanted = expectedAnswers(values);
  const endpoint = {
    name: "database_mirroring_endpoint",
    type_desc: "DATABASE_MIRRORING",
    state_desc: "STARTED",
    role_desc: "ALL",
    connection_auth_desc: "CERTIFICATE",
    is_encryption_enabled: "1",
    encryption_algorithm_desc: "AES",
  };
  const endpointAnswer = (row: Readonly<Record<string, string>>): BatchAnswer => ({
    sets: [{ columns: Object.keys(row), rows: [Object.values(row)] }],
    messages: [],
  });
  const silent: BatchAnswer = { sets: [], messages: [] };

  it("covers each of the 25 batches", () => {
    assert.equal(wanted.length, seedBatches.length);
    assert.equal(seedBatches.length, 25);
  });

  it("agrees when everything is as expected", () => {
    assert.equal(disagreement(silent, wanted[0] ?? {}), undefined);
    assert.equal(disagreement(endpointAnswer(endpoint), wanted[16] ?? {}), undefined);
  });

  const wrong: readonly [what: string, answer: BatchAnswer, batch: number, said: RegExp][] = [
    ["an error", { ...silent, error: "Msg 102" }, 0, /error: Msg 102/],
    ["a message that nobody expected", { ...silent, messages: ["x"] }, 0, /messages \["x"\], expected none/],
    ["a message that is not there", silent, 2, /messages \[\], expected Creating master key/],
    ["a result set that is not there", silent, 16, /0 result sets, expected 1/],
    ["another value", endpointAnswer({ ...endpoint, state_desc: "STOPPED" }), 16, /no row with .*STARTED/],
    ["another column", endpointAnswer({ ...endpoint, more: "1" }), 16, /columns .*more, expected/],
    [
      "a row too many",
      { sets: [{ columns: ["SQLServerName"], rows: [["sqlserver1"], ["x"]] }], messages: [] },
      20,
      /2 rows/,
    ],
  ];
  for (const [what, answer, batch, said] of wrong) {
    it(`shows ${what}`, () => {
      assert.match(disagreement(answer, wanted[batch] ?? {}) ?? "", said);
    });
  }

  it("is no word at all where it did not run", () => {
    const judgement = notRun(mssql, "this machine has no python3");
    assert.deepEqual([judgement.ran, judgement.batches, judgement.agreed], [false, 0, 0]);
    assert.match(table([judgement]), /\| not run +\| +\| this machine has no python3 \|/);
  });
});

describe("the procedure's batches", () => {
  it("are sent as they are written, but for what is the reader's own", () => {
    const sent = seedBatches.map((batch) => filled(batch, values));
    const same = sent.filter((batch, at) => batch === seedBatches[at]);
    assert.equal(same.length, 17);
    assert.ok(sent.every((batch) => !/db01|10\.0\.0\.4|73d19f36a420a|Cert_s1|2025|\[ep1\]/.test(batch)));
    const backup =
      "-- Execute backup for all databases you want to replicate.\nBACKUP DATABASE [db1] TO DISK = N'C:\\b.bak'";
    assert.equal(sent[1], backup);
    assert.match(sent[8] ?? "", /CREATE CERTIFICATE \[sqlmi1\.0a1b2c\.database\.windows\.net\]\nFROM BINARY = 0x3082$/);
    assert.match(sent[22] ?? "", /'tcp:\/\/sqlmi1\.0a1b2c\.database\.windows\.net:5022;Server=\[sqlmi1\]'/);
  });
});

describe("the installation of a client", () => {
  const before = process.env.PULUMI_MI_LINK_CACHE;
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), "mi-link-clients-"));
    process.env.PULUMI_MI_LINK_CACHE = cache;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env.PULUMI_MI_LINK_CACHE;
    else process.env.PULUMI_MI_LINK_CACHE = before;
    await rm(cache, { recursive: true, force: true });
  });
  const client = (install: Client["install"], needs: readonly string[] = []): Client => ({
    name: "none",
    version: "1.0",
    needs,
    recipe: ["one"],
    install,
  });

  it("is done once for each version and recipe", async () => {
    let times = 0;
    const counted = client(async () => {
      times++;
    });
    assert.equal(findInstallation(counted), undefined);
    const first = await ensureInstallation(counted);
    assert.deepEqual(await ensureInstallation(counted), first);
    assert.equal(times, 1);
    assert.equal(findInstallation({ ...counted, recipe: ["another"] }), undefined);
  });

  it("is not there when it failed, and says why", async () => {
    const broken = client(async () => {
      throw new Error("no such package");
    });
    assert.deepEqual(await ensureInstallation(broken), { reason: "installation failed: no such package" });
    assert.equal(findInstallation(broken), undefined);
  });

  it("does not begin where a program is missing that it needs", async () => {
    const needy = client(async () => undefined, ["node", "no-such-package-manager"]);
    assert.deepEqual(await ensureInstallation(needy), { reason: "this machine has no no-such-package-manager" });
  });
});
