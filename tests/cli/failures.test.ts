import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../support/command-line";

const id =
  "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/Microsoft.Sql/managedInstances/mi1";
const named = [
  "--managed-instance-fqdn",
  "mi1.zone.database.windows.net",
  "--managed-instance",
  id,
  "--database",
  "db1",
];
const script = ["script", "--sql-server", "sql1", "--user", "sa", "--server-name", "SQL1", ...named];
/** Of a SQL Server that is not there. */
const reach = ["--sql-server", "127.0.0.1", "--port", "1", "--user", "sa"];
const asking = ["script", ...reach, ...named];

describe("a command of mi-link that fails", function () {
  this.timeout(60_000);

  const cases: readonly (readonly [what: string, code: number, args: readonly string[], message: RegExp])[] = [
    ["an unknown command", 2, ["nosuch"], /^unknown command 'nosuch'/],
    ["an unknown option", 2, ["errors", "--nosuch"], /^unknown option '--nosuch'/],
    ["a missing option", 2, ["script"], /^required option '--sql-server <host>' not specified/],
    [
      "a port that is none",
      2,
      [...script, "--port", "abc"],
      /'--port <number>' argument 'abc' is invalid\. It must be/,
    ],
    ["an option of --probe alone", 2, ["preflight", "--sql-server", "h", "--probe"], /^--probe needs/],
    ["an unknown shell", 2, ["completion", "nosuch"], /'nosuch' is invalid/],
    ["an unknown error", 1, ["errors", "99999999"], /^Could not explain 99999999\./],
    ["no number", 1, ["errors", ""], /^Could not explain a code without a name\.(?!.*message_id)/s],
    [
      "settings that are wrong",
      2,
      [...script, "--port", "70000"],
      /^Could not use what the command line says of sql1.*: --port must be 1 to 65535/s,
    ],
    [
      "settings that do not fit together",
      2,
      [...script, "--authentication", "EntraServicePrincipal", "--client-id", "app"],
      /: --user must be left out .*; --credential \(env:NAME or file:PATH\) is required: .*; --client-id must be/,
    ],
    [
      "settings of the instance",
      2,
      [
        "preflight",
        ...reach,
        "--user",
        "sa",
        "--managed-instance",
        id,
        "--probe",
        "--managed-instance-user",
        "sa",
        "--managed-instance-authentication",
        "EntraDefault",
      ],
      /: --managed-instance-user must be left out/,
    ],
    [
      "an argument that cannot be",
      2,
      [...script, "--certificate-expiry", "2020-01-01"],
      /\n {2}--certificate-expiry must/,
    ],
    [
      "a port where nothing listens",
      1,
      asking,
      /ECONNREFUSED.*What to do: check --sql-server and --port with: sqlcmd/s,
    ],
    [
      "a certificate authority that is not there",
      1,
      [...asking, "--ca-file", "/nosuch"],
      /What to do: check --ca-file: the path/,
    ],
    ["no password", 1, [...asking, "--credential", "env:NOSUCH"], /What to do: set it: /],
  ];
  for (const [what, expected, args, message] of cases)
    it(`answers ${expected} and with --json one document, nothing else: ${what}`, async () => {
      const { code, stdout } = await runCli([...args, "--json"], {
        SQL_SERVER_PASSWORD: "pw",
        MI_LINK_ARM_ENDPOINT: "https://127.0.0.1:1",
      });
      assert.equal(code, expected, stdout);
      const { error }: { readonly error: { readonly message: string } } = JSON.parse(stdout);
      assert.match(error.message, message);
    });

  it("says in words where it may not write, and what is there already", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mi-link-"));
    try {
      const file = join(folder, "file");
      writeFileSync(file, "");
      const { code, stderr, stdout } = await runCli([...script, "--out", join(file, "below")]);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^Could not write .*below\.\n {2}ENOTDIR.*\n {2}What to do: give a folder as --out/);
      const json = await runCli([...script, "--json", "--out", join(file, "below")]);
      assert.match(JSON.parse(json.stdout).error.message, /^Could not write .*ENOTDIR/s);
      const { stdout: written } = await runCli([...script, "--out", folder]);
      assert.match(written, /^ {2}4-azure\.sh {2}1 step in Azure$/m);
      assert.match((await runCli([...script, "--out", folder])).stderr, /links\.md\.\n.*it is there already/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
