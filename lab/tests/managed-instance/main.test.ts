import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Ready } from "#lab/index";
import { createArm } from "./arm-client";

const main = path.resolve(__dirname, "../../src/main.js");

describe("the command mi-link-lab", function () {
  this.timeout(60_000);
  let directory: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "mi-link-lab-test-"));
  });
  afterEach(async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
    child = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  function start(...args: readonly string[]): ChildProcess {
    child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    return child;
  }
  async function untilReady(file: string): Promise<Ready> {
    while (!existsSync(file)) {
      assert.equal(child?.exitCode, null);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return JSON.parse(readFileSync(file, "utf8"));
  }

  it("opens a control port, and has the version that it is asked for", async () => {
    const readyFile = path.join(directory, "ready.json");
    start(
      "--ready-file",
      readyFile,
      ...["--sql-version", "2017", "--without-connect-pack", "--without-always-on", "--trace-flags", "1800,9567"],
      ...["--service-tier", "businesscritical", "--update-policy", "AlwaysUpToDate", "--control-port", "0"],
    );
    const ready = await untilReady(readyFile);
    assert.equal(ready.sqlServers[0]?.version, "14.0.3456.2");
    const answer = await fetch(`${ready.control?.endpoint}/ready`);
    assert.deepEqual(await answer.json(), ready);
    const arm = createArm({ ...ready.arm, ca: readFileSync(ready.caFile, "utf8") });
    const instance = await arm.send("GET", `${ready.managedInstances[0]?.id}?api-version=2023-08-01`);
    assert.equal(instance.body.sku?.tier, "BusinessCritical");
    assert.equal(instance.body.properties?.databaseFormat, "AlwaysUpToDate");
  });

  it("writes where everything is, serves it, and ends with 0 when it is interrupted", async () => {
    const readyFile = path.join(directory, "deep", "ready.json");
    const journal = path.join(directory, "journal.jsonl");
    const lab = start(
      ...["--ready-file", readyFile, "--sql-servers", "2", "--managed-instances", "2"],
      ...["--databases", "3", "--sql-version", "2019", "--journal", journal],
    );
    const ready = await untilReady(readyFile);
    assert.equal(statSync(readyFile).mode & 0o777, 0o600);
    assert.deepEqual(Object.keys(ready), ["sqlServers", "managedInstances", "arm", "caFile"]);
    const [server, managed] = [ready.sqlServers[0] ?? {}, ready.managedInstances[0] ?? {}].map((each) =>
      Object.keys(each),
    );
    assert.deepEqual(server, ["name", "host", "port", "user", "password", "version", "databases"]);
    assert.deepEqual(managed, ["name", "id", "fqdn", "host", "port", "user", "password"]);
    assert.deepEqual(
      ready.sqlServers.map(({ name, databases, version }) => [name, databases, version.split(".")[0]]),
      [
        ["sqlserver1", ["db1", "db2", "db3"], "15"],
        ["sqlserver2", ["db1", "db2", "db3"], "15"],
      ],
    );
    assert.equal(
      new Set([...ready.sqlServers, ...ready.managedInstances].map(({ host, port }) => `${host}:${port}`)).size,
      4,
    );

    const [, instance] = ready.managedInstances;
    const arm = createArm({ ...ready.arm, ca: readFileSync(ready.caFile, "utf8") });
    const answer = await arm.send("GET", `${instance?.id}?api-version=2023-08-01`);
    assert.equal(answer.body.properties?.fullyQualifiedDomainName, instance?.fqdn);
    assert.match(readFileSync(journal, "utf8"), /"method":"GET".*"status":200/);

    const ended = once(lab, "exit");
    lab.kill("SIGTERM");
    assert.deepEqual(await ended, [0, null]);
    assert.deepEqual([readyFile, ready.caFile].filter(existsSync), []);
  });

  const mistakes: readonly [args: readonly string[], message: RegExp][] = [
    [[], /--ready-file is missing/],
    [["--ready-file", "r.json", "--databases", "many"], /--databases takes a whole number from 0 to 10000, not 'many'/],
    [
      ["--ready-file", "r.json", "--sql-version", "2014"],
      /--sql-version takes 2016, 2017, 2019, 2022 or 2025, not '2014'/,
    ],
    [["--ready-file", "r.json", "--surprise"], /Unknown option '--surprise'/],
    [["--ready-file", "r.json", "--faults", "no-such-file.json"], /--faults no-such-file\.json: ENOENT/],
  ];
  for (const [args, message] of mistakes) {
    it(`says what is wrong with ${JSON.stringify(args)}`, async () => {
      const lab = start(...args);
      let text = "";
      lab.stderr?.on("data", (bytes: Buffer) => {
        text += bytes;
      });
      const [code] = await once(lab, "close");
      assert.equal(code, 2);
      assert.match(text, message);
      assert.match(text, /^Usage: mi-link-lab --ready-file FILE/m);
      assert.equal(existsSync("r.json"), false);
    });
  }
});
