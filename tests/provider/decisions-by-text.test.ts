import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../support/repository";

/** `pattern` "*": whatever the file compares text with, it is never what a server, a driver or Azure said. */
type Allowed = readonly [file: string, pattern: string, reason: string];

const argument = "the form of an argument";
const ours = "a sentence or name of our own";
const state = "a documented word of a state, not a sentence";

/** Everything in the provider that is decided, or changed, by text. Messages come in many languages: none decides. */
const allowed: readonly Allowed[] = [
  ["dynamic/call-stack.ts", 'endsWith("callsites")', "the name of a function of the SDK"],
  ["dynamic/check.ts", "*", ours],
  ["dynamic/component-words.ts", "*", ours],
  ["dynamic/engine-log.ts", "/^[\\w.:[\\]-]+:\\d+$/", "the address of the engine"],
  ["dynamic/resource.ts", "*", argument],
  ["errors/secrets.ts", "/^(?:[\\p{L}\\s.,:;]+|\\p{N}+)$/u", "the form of a password"],
  ["errors/tls-codes.ts", "/^ERR_(?:SSL|TLS|OSSL)_/", "a family of Node's codes"],
  [
    "managed-instance/azure-failure.ts",
    "/^The Resource 'Microsoft\\.Sql\\/managedInstances\\/[^'/]+' under resource group/i",
    "Azure Resource Manager answers in English only; what it misses stands nowhere else",
  ],
  ["managed-instance/azure-failure.ts", "/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|EPROTO/", "a family of Node's codes"],
  [
    "managed-instance/azure-failure.ts",
    "/self.signed|unable to (?:verify|get)|altname/i",
    "the sign-in library keeps Node's code to itself; Node's texts are English only",
  ],
  ["managed-instance/azure-failure.ts", "/AADSTS\\d+/", "a code, which the sign-in library gives in its text only"],
  ["managed-instance/azure-failure.ts", 'startsWith("Azure")', ours],
  [
    "managed-instance/azure-failure.ts",
    "/^(?:AuthenticationError|AggregateAuthenticationError|CredentialUnavailableError|AuthenticationRequiredError)$/",
    "the name of a class",
  ],
  [
    "managed-instance/azure-failure.ts",
    "/\\b(ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET)\\b/",
    "a code, which the sign-in library gives in its text only",
  ],
  ["managed-instance/azure-failure.ts", "/\\s+/g", "blanks, for showing"],
  [
    "managed-instance/client.ts",
    "/endpoints_resolution_error|network_error/",
    "codes, which the sign-in library gives in its text only",
  ],
  ["managed-instance/client.ts", "/^0x/i", "a prefix of hexadecimal"],
  ["managed-instance/environment.ts", "*", argument],
  ["managed-instance/fault.ts", "/\\s+/g", "blanks, for showing"],
  ["managed-instance/instance-link/link.ts", "/error/i", state],
  ["managed-instance/instance-link/link.ts", "/^Link(?:Init|Creation)Error$/i", state],
  ["managed-instance/instance-link/link.ts", "/^(?:CreatingLink|Seeding|Copying|)$/i", state],
  ["managed-instance/resource-id.ts", "*", argument],
  ["managed-instance/session.ts", 'startsWith("https:")', "an address"],
  ["managed-instance/trust-certificate/lifecycle.ts", "/^[0-9A-F]+$/", argument],
  ["sql-server/certificate/lifecycle.ts", "/^(\\d{4})-(\\d{2})-(\\d{2})$/", argument],
  ["sql-server/certificates.ts", "*", argument],
  ["sql-server/credential.ts", "*", argument],
  ["sql-server/distributed-availability-group/lifecycle.ts", "/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i", argument],
  ["sql-server/endpoint-url.ts", "*", argument],
  ["sql-server/failure.ts", 'includes("TlsOtherName")', "a key of the catalogue"],
  ["sql-server/failure.ts", 'startsWith("config:")', argument],
  ["sql-server/full-recovery-database/lifecycle.ts", "/[^\\p{L}\\p{N}_.-]/gu", "the name of a file"],
  ["sql-server/full-recovery-database/lifecycle.ts", 'includes("\\\\")', "a path"],
  ["sql-server/full-recovery-database/lifecycle.ts", "/[\\\\/]$/", "a path"],
  ["sql-server/full-recovery-database/lifecycle.ts", "/\\p{Cc}/u", argument],
  ["sql-server/mirroring-endpoint/lifecycle.ts", 'includes("CERTIFICATE")', "a word of a catalog column"],
  ["sql-server/mirroring-endpoint/lifecycle.ts", 'includes("AES")', "a word of a catalog column"],
  ["sql-server/names.ts", "*", argument],
  ["sql-server/server.ts", "*", argument],
  ["sql-server/trusted-roots/roots.ts", "*", argument],
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

  it("is found wherever it is", () => {
    assert.ok(files.length > 60);
    const text = 'const a = /x/i.test(m) || m.includes("y") || new RegExp("z").test(m) || list.includes(other);';
    assert.deepEqual(patternsIn(text), ["/x/i", 'includes("y")', 'new RegExp("z")']);
  });

  for (const file of files) {
    const patterns = patternsIn(readFileSync(join(folder, file), "utf8"));
    if (patterns.length === 0) continue;
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
});
