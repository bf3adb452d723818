import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../support/repository";

/** `pattern` "*" allows every pattern of the file: it never compares what a server, a driver or Azure said. */
type Allowed = readonly [file: string, pattern: string, reason: string];

const argument = "the form of an argument";
const ours = "a sentence or name of our own";
const state = "a documented word of a state, not a sentence";

/** Everything in the provider that is decided, or changed, by text. Messages come in many languages: none decides. */
const allowed: readonly Allowed[] = [
  ["cli/script/parts.ts", "*", "T-SQL and places of our own, quoted for a shell"],
  ["cli/errors-command.ts", "/^\\d+$/", "what the user typed"],
  ["cli/main.ts", "/^error: /", "commander's message, without its heading"],
  ["cli/option-words.ts", "*", "our own sentence, in which arguments get the names of options"],
  ["cli/preflight-command.ts", "/^[1-9]\\d{0,4}$/", "what the user typed"],
  ["cli/servers.ts", "/^\\d{1,5}$/", "what the user typed"],
  ["cli/start-lab.ts", 'indexOf("lab")', "what the user typed"],
  ["errors/printable.ts", "*", "characters, for showing"],
  ["preflight/database-checks.ts", "/_CS(?:_|$)|_BIN/i", "the name of a collation"],
  ["preflight/server-checks.ts", 'includes("NONE")', "a word of a catalog column"],
  ["cli/script/runner.ts", "/[^\\w.:@-]/gu", "an address or a login, quoted for a shell"],
  ["cli/script/script-steps.ts", "/^\\w+/", "our own sentence, which begins with the name of an argument"],
  ["cli/script/script-steps.ts", 'endsWith(":InstanceLink")', "the type of a resource"],
  ["cli/script/script-steps.ts", "/\\p{Cc}|\\$\\(/u", "a name, before it is written into a script"],
  ["errors/transcript.ts", "*", "characters, for showing"],
  ["sql-server/tsql.ts", "/^[A-Za-z]+$/", "the name of a place of our own"],
  ["sql-server/tsql.ts", "/^\\$\\([A-Za-z]+\\)$/", "a place of our own"],
  ["resources/call-stack.ts", 'endsWith("callsites")', "the name of a function of the SDK"],
  ["lifecycle/check.ts", "*", ours],
  ["components/component-words.ts", "*", ours],
  ["components/part-options.ts", "*", "a path to an argument"],
  ["components/server-parts.ts", "*", "the type in a urn, the name of an argument"],
  ["components/shared-outputs.ts", 'endsWith("Password")', "the name of an argument"],
  ["lifecycle/diff.ts", '/[.[\\]"]+/', "a path to an argument"],
  [
    "resources/distributed-availability-group/lifecycle.ts",
    "/^tcp:\\/\\/([^:/;]+):5022;server=\\[([^\\]]+)\\]$/i",
    "the address in an endpoint's URL",
  ],
  ["dynamic/backend.ts", "*", "the address of a backend, and where files have it"],
  ["dynamic/handler.ts", "/^urn:pulumi:/", "the beginning of a urn"],
  ["dynamic/engine.ts", "/^[\\w.:[\\]-]+:\\d+$/", "the address of the engine"],
  ["resources/link-resource.ts", "*", argument],
  ["errors/secrets.ts", "/^(?:[\\p{L}\\s.,:;]+|\\p{N}+)$/u", "the form of a password"],
  ["errors/tls-codes.ts", "/^ERR_(?:SSL|TLS|OSSL)_/", "a family of Node's codes"],
  [
    "azure/azure-failure.ts",
    "/CERT|CRL|SELF_SIGNED|UNABLE_TO|INVALID_CA|INVALID_PURPOSE|^ERR_(?:TLS|SSL)|^EPROTO$/",
    "a family of Node's codes",
  ],
  ["azure/azure-failure.ts", 'startsWith("AADSTS")', "a code"],
  ["azure/environment.ts", "*", argument],
  ["azure/fault.ts", "/\\s+/g", "blanks, for showing"],
  ["resources/instance-link/link-state.ts", 'includes("error")', state],
  ["resources/instance-link/link-state.ts", "/^connected$/i", state],
  ["resources/instance-link/explain.ts", "/^disconnected$/i", state],
  ["resources/instance-link/replacement.ts", 'includes("partnerEndpoint")', "the name of an argument"],
  ["arguments/managed-instance-id.ts", "*", argument],
  ["arguments/duration.ts", "/^(\\d{1,9})([hdw])$/", argument],
  [
    "resources/mirroring-endpoint/trusting-instances.ts",
    "/^\\/subscriptions\\/.*?\\/managedinstances\\/[^/]+/i",
    "the id in a note of our own",
  ],
  [
    "resources/distributed-availability-group/lifecycle.ts",
    "/^tcp:\\/\\/([^:/;]+):5022;server=\\[([^\\]]+)\\]$/i",
    "the address in an endpoint's URL",
  ],
  ["cli/report/cards.ts", "*", "elements of a page that is written"],
  ["cli/report/html.ts", "*", "characters of a page that is written"],
  ["cli/status/diagnosis.ts", "*", "a state of Azure's"],
  ["cli/status/link-status.ts", "*", "a state of Azure's, and our own words about it"],
  ["cli/status/stack-sources.ts", "*", "a urn, and the name of a setting"],
  ["cli/status/status-text.ts", "*", ours],
  ["cli/status/symptoms.ts", "*", "a state of SQL Server's"],
  ["cli/import/program-text.ts", "*", "characters of a program that is written"],
  ["sql-server/notes.ts", "*", "characters of a name, for showing"],
  ["cli/start-lab.ts", 'indexOf("lab")', "an argument of the command line"],
  ["azure/session.ts", 'startsWith("https:")', "an address"],
  ["azure/session.ts", 'includes("?")', "an address"],
  [
    "azure/sign-in.ts",
    "/\\bAADSTS\\d+/",
    "az hands on Microsoft Entra ID's answer as text only; the number in it is the same in every language",
  ],
  ["azure/sign-in.ts", "/\\s+/g", "blanks, for showing"],
  ["resources/trust-certificate/lifecycle.ts", 'includes("certificateName")', "the name of an argument"],
  ["resources/trust-certificate/lifecycle.ts", 'includes("publicKey")', "the name of an argument"],
  ["sql-server/catalog/groups.ts", "/^tcp:\\/\\/([^:/;]+)/i", "the address in an endpoint's URL"],
  ["sql-server/catalog/groups.ts", "/\\s+/g", "blanks, for showing"],
  ["resources/sql-server-certificate/lifecycle.ts", "/^(\\d{4})-(\\d{2})-(\\d{2})$/", argument],
  ["sql-server/catalog/certificates.ts", "*", argument],
  ["arguments/password.ts", "*", argument],
  ["arguments/endpoint-url.ts", "*", argument],
  ["cli/import/programs.ts", "*", "names in a program that is written"],
  ["arguments/hexadecimal.ts", "*", argument],
  ["arguments/host.ts", "*", argument],
  ["sql-server/failure.ts", 'includes("TlsOtherName")', "a key of the catalogue"],
  ["sql-server/failure.ts", 'startsWith("config:")', argument],
  ["sql-server/backup-path.ts", "/[^\\p{L}\\p{N}_.-]/gu", "the name of a file"],
  ["sql-server/backup-path.ts", 'includes("\\\\")', "a path"],
  ["sql-server/backup-path.ts", "/[\\\\/]$/", "a path"],
  ["resources/full-recovery-database/lifecycle.ts", "/\\p{Cc}/u", argument],
  ["resources/mirroring-endpoint/definition.ts", "*", "a word of a catalog column"],
  ["sql-server/catalog/endpoint.ts", "/;Server=/i", "a part of an endpoint's URL"],
  ["sql-server/catalog/endpoint.ts", 'includes("AES")', "a word of a catalog column"],
  ["sql-server/catalog/endpoint.ts", "/\\s*,\\s*/", "a word of a catalog column"],
  ["preflight/told.ts", 'endsWith(".")', ours],
  ["preflight/told.ts", "/^(?:az|npx|pulumi) /", "our own remedy, which may begin with a command"],
  [
    "preflight/probe/probe-job.ts",
    "*",
    "an argument, and names and values of .NET, which are the same in every language",
  ],
  ["preflight/server-checks.ts", 'includes("RC4")', "a word of a catalog column"],
  ["preflight/server-checks.ts", 'includes("CERTIFICATE")', "a word of a catalog column"],
  ["resources/mirroring-endpoint/lifecycle.ts", "/^\\(not (.*)\\)$/s", "our own stored words"],
  ["arguments/names.ts", "*", argument],
  [
    "resources/trusted-roots/lifecycle.ts",
    "/\\.database\\.(windows\\.net|usgovcloudapi\\.net|chinacloudapi\\.cn)$/i",
    "the DNS suffix of a cloud",
  ],
  ["arguments/sql-server-settings.ts", "*", argument],
  ["arguments/sql-server-authentication.ts", "*", argument],
  ["sql-server/roots/roots.ts", "*", argument],
  ["sql-server/validity.ts", "*", "our own stored words"],
];

const comparing = new Set(["includes", "startsWith", "endsWith", "indexOf", "search", "match"]);

/** Regular expressions, and comparisons with a piece of text. */
function patternsIn(text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
    if (ts.isNewExpression(node) && node.expression.getText() === "RegExp") found.push(node.getText());
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [sought] = node.arguments;
      const { text: name } = node.expression.name;
      if (sought && comparing.has(name) && ts.isStringLiteralLike(sought)) found.push(`${name}(${sought.getText()})`);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("source.ts", text, ts.ScriptTarget.Latest, true));
  return found;
}

// Safety B14: numbers, codes and states decide, never the words of a message.
describe("a decision by text in the provider", () => {
  const folder = join(repositoryRoot, "provider");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".ts") && !/^(?:dist|node_modules)\//.test(file))
    .sort();

  const found = new Set<string>();

  it("is found wherever it is", () => {
    assert.ok(files.length > 60);
    const text = 'const a = /x/i.test(m) || m.includes("y") || new RegExp("z").test(m) || list.includes(other);';
    assert.deepEqual(patternsIn(text), ["/x/i", 'includes("y")', 'new RegExp("z")']);
  });

  for (const file of files) {
    const patterns = patternsIn(readFileSync(join(folder, file), "utf8"));
    if (patterns.length === 0) continue;
    for (const pattern of patterns) found.add(`${file} ${pattern}`).add(`${file} *`);
    it(`is not over a message, or has a reason: ${file}`, () => {
      for (const pattern of patterns) {
        const entry = allowed.find(([name, known]) => name === file && (known === "*" || known === pattern));
        assert.ok(
          entry,
          `not in the list, with a reason why text decides: ["${file}", ${JSON.stringify(pattern)}, "..."]`,
        );
      }
    });
  }

  it("is in the list only while it is made", () => {
    assert.deepEqual(
      allowed.filter(([file, pattern]) => !found.has(`${file} ${pattern}`)),
      [],
    );
  });
});
