import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../support/command-line";

const id =
  "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers/Microsoft.Sql/managedInstances/mi1";
const script = [
  ...["script", "--sql-server", "sql1", "--user", "sa", "--server-name", "SQL1"],
  ...["--managed-instance-fqdn", "mi1.zone.database.windows.net", "--managed-instance", id, "--database", "db1"],
];

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
    ["settings that are wrong", 1, [...script, "--port", "70000"], /port must be 1 to 65535/],
  ];
  for (const [what, expected, args, message] of cases)
    it(`answers ${expected} and with --json one document, nothing else: ${what}`, async () => {
      const { code, stdout } = await runCli([...args, "--json"]);
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
      await runCli([...script, "--out", folder]);
      assert.match((await runCli([...script, "--out", folder])).stderr, /links\.md\.\n.*it is there already/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
