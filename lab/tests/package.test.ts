import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ConnectionPool } from "mssql";
import type { Ready } from "#lab/index";

const lab = path.resolve(__dirname, "../..");

/** Installs the package that `npm pack` makes into an empty folder; its dependencies come from this clone, nothing is downloaded. */
describe("the package mi-link-lab", function () {
  this.timeout(120_000);
  let folder: string;
  let files: readonly string[];
  let child: ChildProcess | undefined;
  before(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), "mi-link-lab-package-")));
    const tarballs = path.join(folder, "tarballs");
    mkdirSync(tarballs);
    const pack = (from: string): { readonly filename: string; readonly files: readonly { readonly path: string }[] } =>
      JSON.parse(npm(tarballs, "pack", "--json", "--ignore-scripts", from))[0];
    const packed = pack(lab);
    files = packed.files.map((file) => file.path);
    const all = [packed, ...dependenciesOf(lab).map(pack)].map(({ filename }) => path.join(tarballs, filename));
    writeFileSync(path.join(folder, "package.json"), "{}");
    npm(folder, "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", ...all);
  });
  after(async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it("holds the compiled lab and what is to be read, and nothing else", () => {
    const others = files.filter((file) => !/^dist\/src\/.+\.(js|json|d\.ts)$/.test(file));
    assert.deepEqual(others.sort(), ["CHANGELOG.md", "ERRORS.md", "LICENSE", "README.md", "UNSURE.md", "package.json"]);
    const aliased = files.filter(
      (file) => file.endsWith(".js") && /(require|import)\("#/.test(readFileSync(path.join(lab, file), "utf8")),
    );
    assert.deepEqual(aliased, []);
  });

  it("starts from an empty folder, takes a client in, and leaves no secret behind", async () => {
    const [readyFile, envFile] = [path.join(folder, "ready.json"), path.join(folder, "lab.env")];
    const args = ["mi-link-lab", "--ready-file", readyFile, "--environment-file", envFile];
    child = spawn("npx", args, { cwd: folder, stdio: ["ignore", "pipe", "inherit"], detached: true });
    const ended = once(child, "exit");
    while (!existsSync(readyFile)) {
      assert.equal(child.exitCode, null);
      await delay(20);
    }
    const ready: Ready = JSON.parse(readFileSync(readyFile, "utf8"));
    const [server] = ready.sqlServers;
    assert.ok(server);
    const { host, port, user, password } = server;
    const ca = readFileSync(ready.caFile, "utf8");
    const options = { encrypt: true, serverName: server.name, cryptoCredentialsDetails: { ca } };
    const pool = await new ConnectionPool({ server: host, port, user, password, options }).connect();
    const { recordset } = await pool.query("SELECT @@SERVERNAME AS name");
    await pool.close();
    assert.deepEqual([...recordset], [{ name: "sqlserver1" }]);

    assert.equal(statSync(envFile).mode & 0o777, 0o600);
    const wanted = {
      ARM_CLIENT_ID: ready.arm.clientId,
      ARM_CLIENT_SECRET: ready.arm.clientSecret,
      ARM_TENANT_ID: ready.arm.tenantId,
      AZURE_AUTHORITY_HOST: ready.arm.authority,
      MI_LINK_ARM_ENDPOINT: ready.arm.endpoint,
      MI_LINK_CA_FILE: ready.caFile,
    };
    const print = `process.stdout.write(JSON.stringify(${JSON.stringify(Object.keys(wanted))}.map((name) => process.env[name])))`;
    const byNode = execFileSync(process.execPath, [`--env-file=${envFile}`, "-e", print], { env: {} });
    assert.deepEqual(JSON.parse(byNode.toString()), Object.values(wanted));
    const script = '. "$1"; exec "$2" -e "$3"';
    const byShell = execFileSync("sh", ["-c", script, "sh", envFile, process.execPath, print], { env: {} });
    assert.deepEqual(JSON.parse(byShell.toString()), Object.values(wanted));

    // The whole group gets the signal, as with Ctrl+C.
    process.kill(-(child.pid ?? assert.fail()), "SIGINT");
    await ended;
    while (existsSync(ready.caFile) || existsSync(readyFile)) await delay(20);
    assert.deepEqual([readyFile, envFile, ready.caFile].filter(existsSync), []);
  });
});

function npm(cwd: string, ...args: readonly string[]): string {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

/** Finds the folders of the packages that it needs at run time, and of those that they need. */
function dependenciesOf(folder: string, found = new Map<string, string>()): readonly string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) {
    const at = [folder, ...ancestors(folder)].map((each) => path.join(each, "node_modules", name)).find(existsSync);
    assert.ok(at, `${name} is not installed`);
    if (found.has(name)) continue;
    found.set(name, at);
    dependenciesOf(at, found);
  }
  return [...found.values()];
}

function ancestors(folder: string): readonly string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [] : [parent, ...ancestors(parent)];
}
