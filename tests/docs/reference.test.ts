import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outdated, reference } from "#tools/reference/reference";
import { repositoryRoot } from "../support/repository";

const asWritten = (file: string): string => readFileSync(join(repositoryRoot, "provider", file), "utf8");

/** The reference of a provider that differs in one file. */
function referenceOf(changed: string, from: RegExp | string, to: string) {
  const before = asWritten(changed);
  const after = before.replace(from, to);
  assert.notEqual(after, before, "the file was changed");
  return reference((file) => (file === changed ? after : asWritten(file)));
}

const endpoint = "resources/mirroring-endpoint/resource.ts";

describe("the reference", function () {
  this.timeout(30_000);

  it("has a page for each resource and component, and lacks no documentation", () => {
    const { pages, missing } = reference();
    assert.deepEqual(missing, []);
    for (const page of ["mirroring-endpoint.md", "instance-pairing.md", "settings.md", "mi-link.md", "types.md"])
      assert.ok(pages[page], page);
    assert.ok(Object.keys(pages).length >= 17);
  });

  it("tells of an argument its meaning, its default, and what a change does, of resources and through components", () => {
    const { pages } = reference();
    assert.match(
      pages["mirroring-endpoint.md"] ?? "",
      /### port\n\n`number` · default: 5022.* · changed in place\n\nTCP port/,
    );
    assert.match(pages["trust-certificate.md"] ?? "", /### publicKey\n\n`string` · required · a change replaces/);
    assert.match(
      pages["instance-pairing.md"] ?? "",
      /A change replaces \[`SqlServerCertificate`\]\(sql-server-certificate.md\) \(`expiry`\)/,
    );
  });

  const withoutComment = (declaration: string) =>
    new RegExp(String.raw`/\*\*(?:(?!\*/)[\s\S])*\*/\s*(?=${declaration})`);

  for (const [what, file, from, to, problem] of [
    [
      "argument",
      endpoint,
      withoutComment("readonly port"),
      "",
      "the argument port of MirroringEndpoint has no documentation",
    ],
    ["default", endpoint, '@default "STARTED"', "", "the argument state of MirroringEndpoint has no @default"],
    [
      "true default",
      endpoint,
      '@default "STARTED"',
      '@default "STOPPED"',
      'the argument state of MirroringEndpoint has the default "STARTED", which its @default does not say',
    ],
    [
      "output",
      endpoint,
      withoutComment("declare readonly owner"),
      "",
      "the output owner of MirroringEndpoint has no documentation",
    ],
    [
      "error",
      endpoint,
      /^ \* - NotTrusted: .*\n/m,
      "",
      'the error NotTrusted of MirroringEndpoint has no documentation: a line "- NotTrusted: ..." below "Errors:"',
    ],
    [
      "error with cause and remedy",
      endpoint,
      "- 7874:",
      "- 7875:",
      "the error 7875 of MirroringEndpoint has no cause and remedy in provider/errors",
    ],
    [
      "argument of a component",
      "components/server-parts.ts",
      withoutComment("readonly publicPort"),
      "",
      "the argument publicPort of InstancePairing has no documentation",
    ],
    [
      "output of a component",
      "components/managed-instance-link.ts",
      withoutComment("readonly health"),
      "",
      "the output health of ManagedInstanceLink has no documentation",
    ],
    ["example", endpoint, "@example", "", "MirroringEndpoint has no @example"],
    [
      "setting",
      "azure/environment.ts",
      '"mi-link:caFile", "MI_LINK_CA_FILE"',
      '"mi-link:caFile", "MI_LINK_OTHER_FILE"',
      "the setting MI_LINK_OTHER_FILE has no documentation",
    ],
  ] as const)
    it(`is not complete without the documentation of each ${what}`, () => {
      assert.ok(referenceOf(file, from, to).missing.includes(problem));
    });

  it("is out of date where a page differs from the code, is missing, or is of nothing any more", () => {
    const folder = mkdtempSync(join(tmpdir(), "mi-link-reference-"));
    try {
      const pages = { "a.md": "as it was\n", "b.md": "the same\n", "c.md": "new\n" };
      for (const [name, text] of Object.entries({ "a.md": "changed\n", "b.md": "the same\n", "d.md": "old\n" }))
        writeFileSync(join(folder, name), text);
      assert.deepEqual(outdated(folder, pages), ["a.md", "c.md", "d.md"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
