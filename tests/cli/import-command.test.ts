import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reachOf, runCli } from "../support/command-line";
import { type OtherNames, startOtherNames } from "../support/other-names";
import { repositoryRoot } from "../support/repository";

interface Report {
  readonly links: readonly string[];
  readonly resources: readonly { readonly type: string; readonly name: string; readonly imported: boolean }[];
  readonly differences: readonly string[];
}

describe("mi-link import", function () {
  this.timeout(120_000);
  let sides: OtherNames;
  let folder: string;
  let usual: readonly string[];
  let env: Readonly<Record<string, string>>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "mi-link-import-"));
    await symlink(join(repositoryRoot, "node_modules"), join(folder, "node_modules"));
    sides = await startOtherNames();
    ({ options: usual, env } = reachOf(sides.lab.ready));
  });
  after(async () => {
    await sides?.close();
    await rm(folder, { recursive: true, force: true });
  });

  let runs = 0;
  /** Imports into a folder of its own. */
  async function imported(...more: string[]) {
    const out = join(folder, `run-${++runs}`);
    const { code, stdout, stderr } = await runCli(["import", "--json", ...usual, "--out", out, ...more], env);
    assert.equal(code, 0, `${stdout}${stderr}`);
    const [program, state] = await Promise.all(
      ["index.ts", "mi-link-import.json"].map((file) => readFile(join(out, file), "utf8")),
    );
    assert.ok(program !== undefined && state !== undefined);
    const report: Report = JSON.parse(stdout);
    return { out, program, state, report };
  }

  /** Whether the compiler takes it, as a user's project has it. */
  function expectCompiles(out: string) {
    const compiler = join(repositoryRoot, "node_modules", "typescript-native", "bin", "tsc");
    const flags = [
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--types",
      "node",
    ];
    const { status, stdout } = spawnSync(process.execPath, [compiler, ...flags, join(out, "index.ts")], {
      encoding: "utf8",
    });
    assert.equal(status, 0, stdout);
  }

  it("declares single resources where the names are others, and finds no difference", async () => {
    const { out, program, state, report } = await imported();
    assert.deepEqual(report.links, ["dag"]);
    assert.deepEqual(report.differences, []);
    assert.ok(report.resources.every(({ imported }) => imported));
    assert.equal(report.resources.length, 10);
    assert.doesNotMatch(program, /InstancePairing|ManagedInstanceLink/);
    assert.match(program, /certificateName: "uploaded"/);
    assert.match(program, /linkName: linkDistributedGroup\.groupName/);
    assert.ok(!`${program}${state}`.includes(env.SQL_SERVER_PASSWORD ?? ""), "a reference stands for the password");
    expectCompiles(out);
  });

  it("writes nothing over what is there, unless it is told to", async () => {
    const { out, program } = await imported();
    await writeFile(join(out, "index.ts"), "mine");
    const again = await runCli(["import", ...usual, "--out", out], env);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /Could not write .*index\.ts|Could not write .*mi-link-import\.json/);
    assert.equal(await readFile(join(out, "index.ts"), "utf8"), "mine");
    assert.equal((await runCli(["import", ...usual, "--out", out, "--force"], env)).code, 0);
    assert.equal(await readFile(join(out, "index.ts"), "utf8"), program);
  });

  it("says what the program cannot say, difference by difference", async () => {
    await sides.sql(
      "ALTER ENDPOINT e FOR DATABASE_MIRRORING (AUTHENTICATION = WINDOWS NEGOTIATE CERTIFICATE own, ENCRYPTION = SUPPORTED ALGORITHM RC4 AES)",
    );
    await sides.sql("CREATE CERTIFICATE another WITH SUBJECT = 'another'");
    try {
      const { report, state } = await imported();
      const { differences } = report;
      assert.match(
        differences.join("\n"),
        /The endpoint e accepts NEGOTIATE, CERTIFICATE with .*RC4.*: what it accepts stays so, and destroy keeps/,
      );
      assert.match(differences.join("\n"), /MasterKey master-key: other certificates are encrypted by it too/);
      assert.equal(differences.length, 2);
      const { resources: entries }: { resources: { name: string; outputs: Record<string, unknown> }[] } =
        JSON.parse(state);
      const outputs = (name: string) => entries.find((entry) => entry.name === name)?.outputs;
      assert.equal(outputs("master-key")?.created, false);
      assert.equal((outputs("endpoint") as { before?: { name: string } }).before?.name, "e");
    } finally {
      await sides.sql("DROP CERTIFICATE another");
      await sides.sql(
        "ALTER ENDPOINT e FOR DATABASE_MIRRORING (AUTHENTICATION = CERTIFICATE own, ENCRYPTION = REQUIRED ALGORITHM AES)",
      );
    }
  });

  it("does not import what is missing, and says so", async () => {
    await sides.finished("DELETE", "serverTrustCertificates/uploaded");
    const { report, state } = await imported();
    await sides.upload(undefined, "own");
    assert.match(report.differences.join("\n"), /TrustCertificate pairing-trust: there is none/);
    assert.deepEqual(
      report.resources.filter(({ imported }) => !imported).map(({ name }) => name),
      ["pairing-trust"],
    );
    assert.doesNotMatch(state, /dynamic\/mi-link:TrustCertificate/);
  });

  it("declares components where they fit, and single resources for the link that does not", async () => {
    await sides.link("db2", "ag2", "dag2", "ag2_mi", "None");
    const fitting = await imported();
    assert.deepEqual(fitting.report.differences, []);
    assert.match(
      fitting.program,
      /new ManagedInstanceLink\("link-db1", \{[^}]*linkName: "dag",\s*groupName: "ag",\s*instanceGroupName: "ag_mi"/,
    );
    assert.match(fitting.program, /new ManagedInstanceLink\("link-db2", \{[^}]*failoverMode: "None"/);

    await sides.sql(
      "ALTER AVAILABILITY GROUP ag2 MODIFY REPLICA ON 'sqlserver1' WITH (ENDPOINT_URL = 'TCP://10.0.0.9:5022')",
    );
    const { out, program, report } = await imported();
    assert.deepEqual(report.differences, []);
    assert.match(program, /new InstancePairing\("pairing"/);
    assert.match(program, /new ManagedInstanceLink\("link-db1"/);
    assert.match(program, /new AvailabilityGroup\("link-db2-group", \{[^}]*endpointUrl: "TCP:\/\/10\.0\.0\.9:5022"/);
    assert.match(program, /new InstanceLink\("link-db2", \{[^}]*failoverMode: "None"/);
    assert.doesNotMatch(program, /new ManagedInstanceLink\("link-db2"/);
    expectCompiles(out);

    const one = await imported("--link", "dag");
    assert.deepEqual(one.report.links, ["dag"]);
    assert.match(one.program, /new ManagedInstanceLink\("link", /);
  });

  it("refuses what another stack has noted as its own", async () => {
    const note = {
      stack: "acme/links/prod",
      backend: "x",
      urn: "urn:pulumi:prod::links::t::dag",
      token: "t",
      name: "dag",
    };
    const hash = createHash("sha256").update("dag").digest("hex").slice(0, 32);
    for (const kind of ["group", "link"]) {
      const property = `'pulumi-mi-link/${kind}/${hash}'`;
      await sides.sql(`EXEC sp_addextendedproperty @name = ${property}, @value = N'${JSON.stringify(note)}'`);
      const { code, stderr } = await runCli(["import", ...usual, "--out", join(folder, "noted")], env);
      await sides.sql(`EXEC sp_dropextendedproperty @name = ${property}`);
      assert.equal(code, 1, kind);
      assert.match(stderr, /dag is noted there as made by the resource dag of the stack acme\/links\/prod/);
      assert.match(
        stderr,
        /that stack has it already.*\n.*in the program of that stack, then pulumi up there\.\n.*--link/,
      );
      assert.match(stderr, /then import again: EXEC sys\.sp_dropextendedproperty/);
      assert.doesNotMatch(stderr, /aliases|adopt/);
    }
  });

  it("refuses what is not there, and a wrong command line, with the exit codes that it documents", async () => {
    const missing = await runCli(["import", ...usual, "--out", folder, "--link", "nobody"], env);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /links of the managed instance: dag.*\n.*there is no link nobody/);
    const twice = await runCli(["import", ...usual, "--out", folder, "--authentication", "EntraDefault"], env);
    assert.deepEqual([twice.code, /: --user must be left/.test(twice.stderr)], [2, true], twice.stderr);
    const asJson = await runCli(["import", "--json", ...usual, "--out", folder, "--link", "nobody"], env);
    assert.match(JSON.parse(asJson.stdout).error.message, /there is no link nobody/);
    for (const wrong of [
      ["imprt"],
      ["import", "--out", folder],
      ["import", ...usual, "--out", folder, "--credential", "P@ss"],
      ["import", ...usual, "--out", folder, "--credential", "config:password"],
      ["import", ...usual, "--out", folder, "--authentication", "Kerberos"],
    ]) {
      const { code, stderr } = await runCli(wrong, env);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /^error: /m);
    }
    const help = await runCli(["import", "--help"]);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /--managed-instance <id>/);
  });
});
