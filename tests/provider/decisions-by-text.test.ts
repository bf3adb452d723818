// Safety B14
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../support/repository";

type Reasons = Readonly<Record<string, readonly (readonly [pattern: string, reason: string])[]>>;

const ours = "what the program's author wrote is checked, or brought to one spelling";
const shown = "only how it is shown";

/**
 * Every regular expression of the provider's two halves, and why it may be there. What Azure, Microsoft Entra ID, SQL
 * Server, Node or a library say in words is in the user's language and changes with versions: numbers, codes and states
 * decide.
 */
const azure: Reasons = {
  "managed-instance/azure-failure.ts": [
    ["text.startsWith(code)", shown],
    [
      "/CERT|CRL|SELF_SIGNED|UNABLE_TO|INVALID_CA|INVALID_PURPOSE|^ERR_(?:TLS|SSL)|^EPROTO$/",
      "over Node's code of a failed connection, never its text",
    ],
  ],
  "managed-instance/client.ts": [["/^0x/i", "a certificate in hexadecimal, brought to one spelling"]],
  "managed-instance/environment.ts": [["/\\/+$/", ours]],
  "managed-instance/fault.ts": [["/\\s+/g", shown]],
  "managed-instance/resource-id.ts": [
    [
      "/^\\/subscriptions\\/([^/]+)\\/resourceGroups\\/([^/]+)\\/providers\\/Microsoft\\.Sql\\/managedInstances\\/([^/]+)$/i",
      ours,
    ],
    ["/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i", ours],
    ["/^[\\p{L}\\p{Nd}\\-._()]{1,89}[\\p{L}\\p{Nd}\\-_()]$|^[\\p{L}\\p{Nd}\\-_()]$/u", ours],
    ["/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i", ours],
  ],
  "managed-instance/sign-in.ts": [
    [
      "/\\bAADSTS\\d+/",
      "az hands on Microsoft Entra ID's answer as text only; the number in it is the same in every language",
    ],
    ["/\\s+/g", shown],
  ],
  "managed-instance/trust-certificate/lifecycle.ts": [["/^[0-9A-F]+$/", ours]],
};

const sqlServer: Reasons = {
  "sql-server/certificate/lifecycle.ts": [["/^(\\d{4})-(\\d{2})-(\\d{2})$/", ours]],
  "sql-server/certificates.ts": [
    ["/^0x/i", ours],
    ["/^([0-9a-f]{2})+$/i", ours],
  ],
  "sql-server/credential.ts": [
    ["/^(\\w+):(.*)$/s", ours],
    ["/\\r?\\n$/", ours],
    ["/^(env|file|config):.+/s", ours],
  ],
  "sql-server/distributed-availability-group/lifecycle.ts": [["/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i", ours]],
  "sql-server/endpoint-url.ts": [
    ["/^tcp:\\/\\/(\\[[^\\]]*\\]|[^\\s:/;[\\]@]+):(\\d+)$/i", ours],
    ["/^[a-z0-9._-]+$/i", ours],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of the source
    ['new RegExp(`^${label}(?:\\\\.${label})+$`, "i")', ours],
  ],
  "sql-server/failure.ts": [
    ["/login failed/i", "to be replaced by the number"],
    [
      "/certificate|self.signed|altname|\\bSSL\\b|\\bTLS\\b|encrypt|wrong version number|handshake/i",
      "to be replaced by codes",
    ],
  ],
  "sql-server/full-recovery-database/lifecycle.ts": [
    ["/[^\\p{L}\\p{N}_.-]/gu", "the name of a file"],
    ["/[\\\\/]$/", "a directory, brought to one spelling"],
    ["/\\p{Cc}/u", ours],
  ],
  "sql-server/names.ts": [
    ["/[<>*%&:\\\\/?#\\p{Cc}]/u", ours],
    ["/[\\s.]$/", ours],
  ],
  "sql-server/server.ts": [
    ["/[\\\\,:\\s]/", ours],
    ["/^[0-9a-f:.]+$/i", ours],
    ["/^(env|file|config):.+/s", ours],
    ["/^[^\\\\]+\\\\[^\\\\]+$/", ours],
  ],
  "sql-server/trusted-roots/roots.ts": [["/^\\*(\\.[a-z0-9-]{1,63}){2,}$/i", ours]],
};

const provider = join(repositoryRoot, "provider");

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : entry.name.endsWith(".ts") ? [path] : [];
  });
}

/** Regular expressions, and questions after a part of a message: `error.message.includes("...")`. */
function decisionsIn(path: string): string[] {
  const found: string[] = [];
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.getText());
    if (ts.isNewExpression(node) && node.expression.getText() === "RegExp") found.push(node.getText());
    if (ts.isCallExpression(node) && isQuestion.test(node.expression.getText())) found.push(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
const isQuestion = /(?:message|text|description|error)\??\.(?:includes|startsWith|endsWith|indexOf|search)$/i;

describe("a decision", () => {
  for (const [half, folders, reasons] of [
    ["Azure", ["managed-instance", "errors"], azure],
    ["SQL Server", ["sql-server"], sqlServer],
  ] as const) {
    it(`is never made by the words of a message of ${half}'s: every regular expression has its reason`, () => {
      const found = folders
        .flatMap((folder) => sources(join(provider, folder)))
        .flatMap((path) => decisionsIn(path).map((pattern) => `${relative(provider, path)}: ${pattern}`));
      const known = Object.entries(reasons).flatMap(([file, list]) => list.map(([pattern]) => `${file}: ${pattern}`));
      assert.deepEqual([...new Set(found)].sort(), [...known].sort());
    });
  }
});
