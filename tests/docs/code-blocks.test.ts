import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { repositoryRoot } from "../support/repository";
import { type Block, blocksOf, everyBlock, examples, labelOf, textOf } from "./markdown";

/** Pages that show what a program prints: that of the demo (below), and the help of commands, of which the page is made. */
const withPrinted = ["README.md", "docs/reference/mi-link.md"];

describe("a block of code in the documentation", () => {
  it("is of a kind that is proved", () => {
    const isProved = ({ language, page }: Block) =>
      ["ts", "sql", "sh", "json", "yaml"].includes(language) ||
      (["", "text"].includes(language) && withPrinted.includes(page));
    assert.deepEqual(everyBlock.filter((block) => !isProved(block)).map(labelOf), []);
    assert.ok(
      blocksOf("ts").length > 20 && blocksOf("sql").length > 5 && blocksOf("sh").length > 10,
      "blocks were found",
    );
  });

  it("is TypeScript that compiles, with what the pages say is declared", function () {
    this.timeout(60_000);
    assert.deepEqual(typeErrors(blocksOf("ts")), []);
  });

  it("would not compile with a name that is none, or an argument that there is not", () => {
    const code =
      'import { MasterKey } from "pulumi-mi-link";\nnew MasterKey("key", { sqlServer, pasword: "x" });\nnobody();\n';
    const errors = typeErrors([{ page: "x.md", line: 1, language: "ts", code }]);
    assert.equal(errors.length, 2, errors.join("\n"));
  });

  it("asks for the SQL Server's port where it asks for its host, as every example does", () => {
    const asking = [
      ...blocksOf("ts").map((block) => [labelOf(block), block.code]),
      ...examples.map((path) => [path, textOf(path)]),
    ].filter(([, code]) => code?.includes('("sqlServerHost")'));
    assert.ok(asking.length > 10);
    const portless = asking.filter(([, code]) => !/\bport: config\.getNumber\("sqlServerPort"\)/.test(code ?? ""));
    assert.deepEqual(
      portless.map(([where]) => where),
      [],
    );
  });

  it("is, where the README shows the demo, made of its headings", () => {
    const demo = readFileSync(join(repositoryRoot, "tools", "demo.ts"), "utf8");
    for (const { code } of blocksOf("").filter(({ page }) => page === "README.md"))
      for (const [, heading = ""] of code.matchAll(/^== (.+)$/gm)) assert.ok(demo.includes(heading), heading);
  });

  for (const block of blocksOf("json"))
    it(`is JSON: ${labelOf(block)}`, () => {
      JSON.parse(block.code);
    });

  for (const block of blocksOf("yaml"))
    it(`is YAML: ${labelOf(block)}`, () => {
      parse(block.code);
    });
});

/** What the pages say is there already; a block that declares one itself has its own. */
const declared = `import type * as mi from "pulumi-mi-link";
declare global {
  const sqlServer: mi.SqlServerArgs;
  const managedInstanceId: string, westInstanceId: string, northInstanceId: string;
  const databaseName: string, endpointUrl: string;
  const masterKey: mi.MasterKey, trustCertificate: mi.TrustCertificate, distributedGroup: mi.DistributedAvailabilityGroup;
  const pairing: mi.InstancePairing;
}
`;

/** Compiles all blocks at once, each as a module of its own, as a strict program would be. */
function typeErrors(programs: readonly Block[]): string[] {
  const folder = mkdtempSync(join(repositoryRoot, "tests", "dist", "blocks-"));
  try {
    writeFileSync(join(folder, "declared.d.ts"), declared);
    programs.forEach(({ code }, index) => {
      writeFileSync(join(folder, `block${index}.ts`), `${code}\nexport {};\n`);
    });
    const compilerOptions = { composite: false, noEmit: true, rootDir: ".", types: ["node"] };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: "../../../tsconfig.json",
        compilerOptions,
        include: ["*.ts"],
        files: [],
        references: [],
      }),
    );
    const compiler = join(repositoryRoot, "node_modules", "typescript-native", "bin", "tsc");
    const { stdout, status } = spawnSync(process.execPath, [compiler, "-p", folder, "--pretty", "false"], {
      encoding: "utf8",
      cwd: folder,
    });
    const errors = stdout.split("\n").filter((line) => /error TS/.test(line));
    if (status !== 0 && errors.length === 0) return [`the compiler ended with ${status}: ${stdout}`];
    return errors.map((line) =>
      line.replace(/^block(\d+)\.ts\((\d+)/, (_, index, at) => {
        const block = programs[Number(index)];
        return block ? `${block.page}(${block.line + Number(at)}` : line;
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
