import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { PreflightReport } from "#provider/preflight/report";
import { reachOf, runCli } from "../support/command-line";
import { repositoryRoot } from "../support/repository";
import { openProbeScene, type ProbeScene, verdicts } from "./probe-scene";

describe("mi-link preflight --probe", function () {
  this.timeout(60_000);
  let scene: ProbeScene;
  let there: string[];
  let line: readonly string[];
  let env: Readonly<Record<string, string>>;
  before(async () => {
    scene = await openProbeScene();
    there = await scene.objects();
    const reach = reachOf(scene.lab.ready);
    const [instance] = scene.lab.ready.managedInstances;
    assert.ok(instance);
    const { user, host, port, password } = instance;
    const login = [
      "--managed-instance-user",
      user,
      "--managed-instance-host",
      host,
      "--managed-instance-port",
      `${port}`,
    ];
    line = ["preflight", "--probe", ...reach.options, ...login];
    env = { ...reach.env, MANAGED_INSTANCE_PASSWORD: password };
  });
  after(() => scene.close());

  it("adds the network to what it found, says what it makes meanwhile, and leaves nothing", async () => {
    const { stdout, stderr } = await runCli(["--json", ...line], env);
    const { findings, counts }: PreflightReport = JSON.parse(stdout);
    const found = verdicts(findings);
    for (const id of ["network-to-instance", "network-redirect", "network-to-sql-server"])
      assert.equal(found[id], "passed", `${id}: ${stdout}`);
    assert.equal(
      Object.values(counts).reduce((sum, count) => sum + count),
      findings.length,
    );
    assert.equal(stderr.match(/^Making .* on sqlserver1 .*; it is removed again\.$/gm)?.length, 2, stderr);
    assert.equal(stderr.match(/^Making the job .* on sqlmi1 .*; it is removed again\.$/gm)?.length, 1, stderr);
    assert.deepEqual(await scene.objects(), there);
    assert.deepEqual(
      scene.log.filter((entry) => /^azure: (?!GET )/.test(entry) && !entry.endsWith("/token")),
      [],
    );
  });

  it("says that it made nothing where it could not begin, and that it removed what it made", async () => {
    const { stdout, stderr } = await runCli([...line, "--port", "1", "--managed-instance-port", "1"], env);
    assert.doesNotMatch(stderr, /Making/);
    assert.match(stdout, /\. Nothing was changed: the test of the network made nothing\.\n$/);
    const done = await runCli(line, env);
    assert.match(done.stderr, /Making/);
    assert.match(done.stdout, /\. What the test of the network made is removed again\.\n$/);
  });

  it("needs to know of which instance", async () => {
    const { code, stderr } = await runCli(["preflight", "--probe", "--sql-server", "nowhere", "--user", "sa"]);
    assert.equal(code, 2);
    assert.match(stderr, /--probe needs --managed-instance <id>/);
  });

  it("removes what it made where nobody reads any more what goes on, as after the terminal was closed", async () => {
    const main = join(repositoryRoot, "provider", "dist", "cli", "main.js");
    const child = spawn(process.execPath, [main, "--json", ...line], { env: { ...process.env, ...env } });
    child.stderr.destroy();
    let stdout = "";
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    await once(child, "close");
    assert.equal(verdicts(JSON.parse(stdout).findings)["network-to-instance"], "passed");
    assert.deepEqual(await scene.objects(), there);
  });

  it("removes what it made on Ctrl-C, and says so", async () => {
    scene.lab.faults.add({ on: "statement", matching: "sp_start_job", delayMilliseconds: 500, times: "always" });
    const main = join(repositoryRoot, "provider", "dist", "cli", "main.js");
    const child = spawn(process.execPath, [main, ...line], { env: { ...process.env, ...env } });
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const closed = once(child, "close");
    while (!stderr.includes("Making the job")) await new Promise((wake) => setTimeout(wake, 5));
    child.kill("SIGINT");
    const [code] = await closed;
    assert.equal(code, 1);
    assert.match(stderr, /^Interrupted: removing what the test of the network has made\.$/m);
    assert.match(stderr, /nothing of the test is left on either server/);
    assert.deepEqual(await scene.objects(), there);
  });
});
