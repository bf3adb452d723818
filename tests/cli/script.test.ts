import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Lab, startLab } from "#lab/index";
import { azureCli } from "#lab-clients/azure/azure-cli";
import { libraryFolder } from "#lab-clients/debian";
import { ensureInstallation } from "#lab-clients/installation";
import { freetds, writeSettings } from "#lab-clients/sql/freetds";
import { runnerOf } from "#provider/cli/script/runner";
import type { Bag } from "#provider/lifecycle/contract";
import { disconnectAll } from "#provider/sql-server/connection";
import { openArmClient, openSqlClient, type SqlClient } from "#tools/clients";
import { findProgram } from "#tools/engine/find";
import { waitForLink } from "#tools/verify";
import { checkedArgs, placeIn, providerOf, tenResources } from "../provider/ten-resources";
import { callOf, statement } from "../support/calls";
import { reachOf, runCli } from "../support/command-line";

interface Step {
  readonly doing: string;
  readonly gives?: string;
  readonly statement?: string;
  readonly batch?: string;
  readonly method?: "PUT" | "GET";
  readonly path?: string;
  readonly properties?: object;
}

interface Report {
  readonly parts: readonly {
    readonly on: "SQL Server" | "Azure";
    readonly text: string;
    readonly steps: readonly Step[];
  }[];
}

const masterKeyPassword = "Kept-in-a-safe-place-1";

/** `--server-name` and the like, with which nothing is asked. */
function offline({ ready }: Lab): string[] {
  const [server] = ready.sqlServers;
  const [instance] = ready.managedInstances;
  return ["--server-name", server?.name ?? "", "--managed-instance-fqdn", instance?.fqdn ?? ""];
}

async function scripted(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout, stderr } = await runCli(["script", ...args], env);
  assert.equal(code, 0, `${stdout}${stderr}`);
  return stdout;
}

/** What is run by programs that nobody here wrote needs these, by which they are installed. */
const lacking = (programs: readonly string[]) =>
  programs.filter((program) => findProgram(program, process.env.PATH ?? "") === undefined);
const missing = lacking(["bash", ...freetds.needs, ...azureCli.needs]);
const note =
  missing.length > 0 ? ` (not run by FreeTDS and the Azure CLI: this machine has no ${missing.join(", ")})` : "";

describe(`mi-link script${note}`, function () {
  this.timeout(180_000);
  let lab: Lab;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "mi-link-script-"));
    // Azure CLI asks an operation at once, and then waits for 30 seconds.
    lab = await startLab({ armLatencyMilliseconds: 100, seedingBytesPerSecond: 2 ** 40 });
  });
  after(async () => {
    await lab?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function connected(database: string, { ready } = lab): Promise<boolean> {
    const { sqlServers, managedInstances, caFile } = ready;
    assert.ok(sqlServers[0] && managedInstances[0]);
    const sides: [SqlClient, SqlClient] = [
      await openSqlClient(sqlServers[0], caFile),
      await openSqlClient(managedInstances[0], caFile),
    ];
    const names = { link: `DAG_${database}`, group: `AG_${database}`, instanceGroup: `AG_${database}_MI`, database };
    try {
      return (await waitForLink(...sides, names, 20)).connected;
    } finally {
      await Promise.all(sides.map((side) => side.close()));
    }
  }

  /** Programs on the PATH of a shell, and nothing else but the system's. */
  async function programs(name: string, texts: Readonly<Record<string, string>>): Promise<string> {
    const bin = join(folder, name);
    await mkdir(bin);
    for (const [program, text] of Object.entries(texts)) {
      await writeFile(join(bin, program), `#!/bin/bash\n${text}\n`);
      await chmod(join(bin, program), 0o755);
    }
    return bin;
  }

  async function shell(bin: string, env: Readonly<Record<string, string>>, ...args: readonly string[]) {
    const child = spawn("bash", args, {
      env: { PATH: `${bin}:/usr/bin:/bin`, HOME: folder, TMPDIR: folder, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
      });
    const code = await new Promise((resolve) => child.on("close", resolve));
    return { code, printed };
  }

  const now = () => lab.journal.entries.length;
  /** What was changed since then. */
  const changed = (since: number) =>
    lab.journal.entries.slice(since).flatMap((entry) => {
      if (entry.kind === "request") return callOf(entry)?.changes ? [`${entry.method} ${entry.path}`] : [];
      return entry.kind === "statement" && statement(entry.text).changes ? [entry.text] : [];
    });

  const itRuns = missing.length > 0 ? () => {} : it;
  itRuns("gives a connected link without Pulumi, run by FreeTDS and the Azure CLI", async () => {
    const [sql, cli] = await Promise.all([ensureInstallation(freetds), ensureInstallation(azureCli)]);
    assert.ok("folder" in sql && "folder" in cli, JSON.stringify([sql, cli]));
    const settings = await writeSettings(lab.ready.caFile);
    const bin = await programs("bin", {
      tsql: `LD_LIBRARY_PATH='${libraryFolder(sql.folder)}' FREETDSCONF='${settings.file}' exec '${join(sql.folder, "usr", "bin", "tsql")}' "$@"`,
      az: `exec '${join(cli.folder, "bin", "python")}' -m azure.cli "$@"`,
    });
    const { arm, caFile, sqlServers } = lab.ready;
    const env = {
      AZURE_CONFIG_DIR: join(folder, "azure"),
      AZURE_CORE_COLLECT_TELEMETRY: "false",
      AZURE_CORE_INSTANCE_DISCOVERY: "false",
      REQUESTS_CA_BUNDLE: caFile,
      SQL_SERVER_PASSWORD: sqlServers[0]?.password ?? "",
      MasterKeyPassword: masterKeyPassword,
    };
    const signIn = [
      `az cloud register --name lab --endpoint-resource-manager ${arm.endpoint}`,
      "az cloud set --name lab",
      `az login --service-principal --username ${arm.clientId} --tenant ${arm.tenantId} --password='${arm.clientSecret}'`,
    ].join(" && ");
    const signedIn = await shell(bin, env, "-c", signIn);
    assert.equal(signedIn.code, 0, signedIn.printed);
    const out = join(folder, "out");
    await scripted([...reachOf(lab.ready).options, ...offline(lab), "--database", "db1", "--out", out]);
    assert.deepEqual(changed(0), []);

    const { code, printed } = await shell(bin, env, join(out, "run.sh"));
    assert.equal(code, 0, printed);
    assert.match(
      printed,
      /== 1\. On SQL Server[\s\S]*SqlServerCertificate=0x3[\s\S]*== 5\. [\s\S]*DAG_db1\tCONNECTED\tHEALTHY/,
    );
    assert.ok(!printed.includes(masterKeyPassword));
    assert.doesNotMatch(
      await readFile(join(out, "run.sh"), "utf8"),
      /tsql[^\n|]* -P "?\$/,
      "the list of processes shows it",
    );
    assert.equal(await connected("db1"), true);

    const since = now();
    const again = await shell(bin, env, join(out, "run.sh"));
    assert.equal(again.code, 1);
    assert.match(again.printed, /Msg 15232 .*[\s\S]*Cert_/);
    assert.doesNotMatch(again.printed, /== 2\./);
    assert.ok(
      changed(since).every((text) => /CREATE (MASTER KEY|CERTIFICATE)/.test(text)),
      "it went on after an error",
    );
    const last = await shell(bin, env, join(out, "run.sh"), "5");
    assert.equal(last.code, 0, last.printed);
    assert.doesNotMatch(last.printed, /== [1-4]\./);
    await settings.remove();
  });

  it("gives one by its steps as data, and then another between the two that trust each other", async () => {
    const fresh = await startLab({ databases: 2, seedingBytesPerSecond: 2 ** 40 });
    const { sqlServers, arm, caFile } = fresh.ready;
    assert.ok(sqlServers[0]);
    const [sql, azure] = await Promise.all([openSqlClient(sqlServers[0], caFile), openArmClient(arm, caFile)]);
    try {
      const values = new Map([["MasterKeyPassword", masterKeyPassword]]);
      const filled = (text: string) => text.replace(/\$\((\w+)\)/g, (_, name) => values.get(name) ?? "");
      const carryOut = async ({ batch, path = "", method, properties, gives = "" }: Step): Promise<void> => {
        if (batch !== undefined) {
          const [row] = await sql.query(filled(batch));
          if (row) values.set(gives, String(Object.values(row)[0]));
        } else if (method === "PUT")
          await azure.put(path, { properties: JSON.parse(filled(JSON.stringify(properties))) });
        else
          values.set(
            gives,
            (await azure.get<{ properties: { publicBlob: string } }>(path))?.properties.publicBlob ?? "",
          );
      };
      for (const [database, ...more] of [["db1"], ["db2", "--paired"]] as const) {
        const args = [...reachOf(fresh.ready).options, ...offline(fresh), "--database", database, ...more];
        const { parts }: Report = JSON.parse(await scripted(["--json", ...args]));
        assert.deepEqual(
          parts.map(({ steps }) => steps.length),
          more.length > 0 ? [4, 1, 1] : [7, 2, 6, 1, 1],
        );
        for (const step of parts.flatMap(({ steps }) => steps)) await carryOut(step);
        assert.equal(await connected(database, fresh), true);
      }
    } finally {
      await sql.close();
      await fresh.close();
    }
  });

  it("asks for the names that it is not given, and says so; with them it connects to nothing", async () => {
    const { options, env } = reachOf(lab.ready);
    const since = now();
    const asked = await scripted([...options, "--database", "db1"], env);
    assert.match(asked, /SQL Server at .* and Azure about sqlmi1 was asked for the name/);
    assert.deepEqual(changed(since), []);
    const told = await scripted([...options, ...offline(lab), "--database", "db1"], {
      ...env,
      SQL_SERVER_PASSWORD: "wrong",
    });
    assert.match(told, /without asking any server/);
    const withoutOrigin = (text: string) => text.replace(/one after the other\. .*/, "");
    assert.equal(withoutOrigin(asked), withoutOrigin(told));
  });

  it("has every statement and call that the lifecycles send, as the journal has them, and no other", async () => {
    const fresh = await startLab({ recoveryModel: "SIMPLE" });
    const transcript = join(folder, "transcript.txt");
    process.env.MI_LINK_TRANSCRIPT = transcript;
    try {
      const place = placeIn(fresh.ready);
      const made: Record<string, Bag> = {};
      for (const part of tenResources) {
        const provider = await providerOf(part, place);
        made[part.type] = (await provider.create(await checkedArgs(provider, part.args(place, made)))).outs;
      }
      const sent = fresh.journal.entries.flatMap((entry) => {
        if (!callOf(entry)?.changes) return [];
        if (entry.kind === "statement") return /sp_\w+extendedproperty/.test(entry.text) ? [] : [entry.text];
        return entry.kind === "request" ? [`${entry.method} ${entry.path.replace(/\?.*/, "")}`] : [];
      });
      const bodies = (await readFile(transcript, "utf8")).match(/(?<=^ {4})\{"properties":.*/gm) ?? [];
      const { options } = reachOf(fresh.ready);
      const folderOfLab = dirname(/TO DISK = N'([^']+)'/.exec(sent.join("\n"))?.[1] ?? "");
      const args = [...options, ...offline(fresh), "--database", "db1", "--backup-folder", folderOfLab];
      const report: Report = JSON.parse(await scripted(["--json", ...args]));
      const steps = report.parts.flatMap(({ steps }) => steps);
      const written = steps.flatMap(({ statement: text, method, path }) => {
        if (text !== undefined) return statement(text).changes || /add_issuer/.test(text) ? [text] : [];
        return method === "PUT" ? [`${method} ${path}`] : [];
      });
      // What is one another time: passwords and keys. The roots are sent side by side.
      const same = (text: string) =>
        text
          .replace("N'$(MasterKeyPassword)'", "N'***'")
          .replace(/0x(?:\$\(\w+\)|[0-9A-F]{1500,})|\$\(\w+\)/g, "0x...")
          .replace(/\s+/g, " ")
          .trim();
      assert.deepEqual(written.map(same).sort(), sent.map(same).sort());
      const order = (all: readonly string[]) =>
        all.map(same).filter((text) => !/PKI|add_issuer|serverTrust/.test(text));
      assert.deepEqual(order(written), order(sent));
      assert.deepEqual(
        steps.flatMap(({ properties }) => (properties ? [same(JSON.stringify({ properties }))] : [])),
        bodies.map(same),
      );
    } finally {
      delete process.env.MI_LINK_TRANSCRIPT;
      await disconnectAll();
      await fresh.close();
    }
  });

  it("lets no name and no password out of its quotes, in T-SQL and in bash, and leaves no file with one behind", async () => {
    const database = `it's "$HOME" \`id\` ${"$"}{x} !`;
    const password = `O'Brien & "$HOME" $(id) \\ ${"$"}{x}`;
    const asked = join(folder, "asked");
    const bin = await programs("stubs", {
      sqlcmd: `cat "\${@: -1}" >>'${asked}.sql'; printf '%s\n' "$SQLCMDPASSWORD" "$@" >>'${asked}.sqlcmd'; echo 0x${"3082".repeat(100)}`,
      az: `for word; do printf '%s\\0' "$word" >>'${asked}.az'; done; echo 3082${"00".repeat(200)}`,
    });
    const out = join(folder, "hostile");
    const args = [
      "--sql-server",
      "10.0.0.4",
      ...offline(lab),
      "--managed-instance",
      lab.ready.managedInstances[0]?.id ?? "",
    ];
    await scripted([...args, "--database", database, "--out", out]);
    const env = { SQL_SERVER_PASSWORD: "pw", MasterKeyPassword: password, SQLCMD_OPTIONS: "-C" };
    const { code, printed } = await shell(bin, env, "-c", 'echo sa | bash "$0"', join(out, "run.sh"));
    assert.equal(code, 0, printed);
    const [sql, sqlcmd, az] = await Promise.all(
      ["sql", "sqlcmd", "az"].map((end) => readFile(`${asked}.${end}`, "utf8")),
    );
    assert.ok(sql?.includes(`PASSWORD = N'${password.replaceAll("'", "''")}'`), sql);
    assert.ok(sql?.includes(`CREATE AVAILABILITY GROUP [AG_${database}]`), sql);
    assert.match(sql ?? "", /FROM BINARY = 0x308200/);
    assert.match(sqlcmd ?? "", /^pw\n-S\ntcp:10\.0\.0\.4,1433\n-U\nsa\n-d\nmaster\n-b\n-x\n-y\n0\n-C\n-i\n/);
    const bodies = (az ?? "").split("\0").flatMap((word) => (word.startsWith("{") ? [JSON.parse(word)] : []));
    assert.equal(bodies[0]?.properties.publicBlob, `0x${"3082".repeat(100)}`);
    assert.equal(bodies[1]?.properties.databases[0].databaseName, database);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith("tmp.")),
      [],
    );
    assert.equal((await stat(join(out, "run.sh"))).isFile(), true);

    const unicode = runnerOf([], { host: "h", port: 1433, user: "DOM\\\u{1d49c} o'x" });
    assert.ok(unicode.isWellFormed() && unicode.includes("\\\u{1d49c}\\ o\\'x}"), unicode);

    const names = ["a\nGO\nDROP DATABASE b", "$(MasterKeyPassword)", "master"];
    const refused = await runCli(["script", ...args, "--database", ...names]);
    assert.equal(refused.code, 2);
    for (const problem of [
      /"a\\nGO\\nDROP DATABASE b" holds a control/,
      /"\$\(MasterKeyPassword\)" holds/,
      /master is a system database/,
    ])
      assert.match(refused.stderr, problem);
    for (const [option, text] of [
      ["--certificate-name", "c$(MasterKeyPassword)"],
      ["--backup-folder", "C:\\$(ManagedInstanceCertificate)"],
      ["--backup-folder", "C:\\a\nGO\nb"],
    ] as const) {
      const { code: answered, stderr } = await runCli(["script", ...args, "--database", "x", option, text]);
      assert.equal(answered, 2, text);
      assert.match(stderr, /holds a control character or "\$\("/, text);
    }
    const there = await runCli(["script", ...args, "--database", "x", "--out", out]);
    assert.equal(there.code, 1);
    assert.match(there.stderr, /it is there already[\s\S]*--force/);
  });
});
