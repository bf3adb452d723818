import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { type Lab, startLab } from "#lab/index";
import { commandLine } from "#provider/cli/main";
import { openArmClient, openSqlClient } from "#tools/clients";
import { makeLinkByHand, type NamesByHand } from "../support/link-by-hand";
import { repositoryRoot } from "../support/repository";
import { type Block, blocksIn, pages } from "./markdown";

const blocks = pages.flatMap(blocksIn);
const of = (...languages: string[]): Block[] => blocks.filter(({ language }) => languages.includes(language));
const labelOf = ({ page, line }: Block): string => `${page}:${line}`;

/** Pages that show what a program prints: that of the demo (below), and the help of commands, of which the page is made. */
const withPrinted = ["README.md", "docs/reference/mi-link.md"];

describe("a block of code in the documentation", () => {
  it("is of a kind that is proved", () => {
    const isProved = ({ language, page }: Block) =>
      ["ts", "sql", "sh", "json", "yaml"].includes(language) ||
      (["", "text"].includes(language) && withPrinted.includes(page));
    assert.deepEqual(blocks.filter((block) => !isProved(block)).map(labelOf), []);
    assert.ok(of("ts").length > 20 && of("sql").length > 5 && of("sh").length > 10, "blocks were found");
  });

  it("is TypeScript that compiles, with what the pages say is declared", function () {
    this.timeout(60_000);
    assert.deepEqual(typeErrors(of("ts")), []);
  });

  it("would not compile with a name that is none, or an argument that there is not", () => {
    const code =
      'import { MasterKey } from "pulumi-mi-link";\nnew MasterKey("key", { sqlServer, pasword: "x" });\nnobody();\n';
    const errors = typeErrors([{ page: "x.md", line: 1, language: "ts", code }]);
    assert.equal(errors.length, 2, errors.join("\n"));
  });

  it("is, where the README shows the demo, made of its headings", () => {
    const demo = readFileSync(join(repositoryRoot, "tools", "demo.ts"), "utf8");
    for (const { code } of of("").filter(({ page }) => page === "README.md"))
      for (const [, heading = ""] of code.matchAll(/^== (.+)$/gm)) assert.ok(demo.includes(heading), heading);
  });

  for (const block of of("json"))
    it(`is JSON: ${labelOf(block)}`, () => {
      JSON.parse(block.code);
    });

  for (const block of of("yaml"))
    it(`is YAML: ${labelOf(block)}`, () => {
      parse(block.code);
    });

  for (const block of of("sh"))
    it(`has commands and options that there are: ${labelOf(block)}`, () => {
      for (const command of commandsIn(block.code))
        assert.equal(commandProblem(command, dirname(block.page)), undefined, command.join(" "));
    });

  it("would not pass with a command or an option that there is not", () => {
    for (const line of [
      "mi-link imprt",
      "mi-link import --foo",
      "npm run nothing",
      "pulumi upp",
      "pulumi up --foo",
      "node nothing.js",
      "az sql mi link drop",
    ])
      assert.ok(commandProblem(line.split(" "), "."), line);
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

/** Simple commands, one a line or between `&&`, each in words. */
function commandsIn(script: string): string[][] {
  return script
    .replaceAll(/\\\n\s*/g, " ")
    .split(/\n|&&/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
    .filter((line) => line !== "")
    .map((line) => (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).filter((word) => !/^\w+=/.test(word)));
}

const scripts = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8")).scripts;

/** Commands of other programs, with the options that these pages use, as their own documentation has them. */
const known: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  pulumi: {
    new: ["--dir", "--force", "--yes", "--generate-only"],
    login: ["--local"],
    cancel: ["--yes"],
    preview: ["--diff", "--refresh"],
    up: ["--refresh", "--yes", "--parallel", "--stack"],
    refresh: ["--run-program", "--yes"],
    destroy: ["--run-program", "--yes", "--target", "--target-dependents", "--stack"],
    import: ["--file", "--generate-code"],
    "stack init": [],
    "stack select": [],
    "stack output": ["--json"],
    "stack rm": ["--yes", "--force"],
    "config set": ["--secret", "--path"],
    "config set-all": ["--plaintext", "--secret"],
  },
  az: {
    login: [],
    "account set": ["--subscription"],
    "sql mi show": ["-g", "-n", "--ids", "--query"],
    "sql mi op list": ["-g", "--mi"],
    "sql mi link show": ["-g", "--instance-name", "-n"],
    "sql mi link delete": ["-g", "--instance-name", "-n"],
    "sql mi partner-cert list": ["-g", "--mi"],
    "role definition create": ["--role-definition"],
    "role assignment create": ["--assignee", "--role", "--scope"],
  },
  npm: { install: ["--save-dev"], init: ["-y"], test: [], ci: [] },
  npx: { tsc: ["--init"], "mi-link-lab": ["--ready-file", "--environment-file"] },
  docker: { "compose up": ["-d", "--wait"], "compose exec": ["-c"], "compose down": ["-v"] },
};
/** The shell's own, and what takes any argument. */
const free = ["export", "read", "cd", "source", "mkdir", "echo"];

function commandProblem(words: readonly string[], folder: string): string | undefined {
  const [program = "", ...rest] = words[0] === "npx" && words[1] === "mi-link" ? words.slice(1) : words;
  if (free.includes(program)) return undefined;
  if (program === "mi-link") return miLinkProblem(rest);
  if (program === "npm" && rest[0] === "run") return rest[1] && rest[1] in scripts ? undefined : "no such script";
  if (program === "node")
    return existsSync(join(repositoryRoot, folder, rest[0] ?? "")) ? undefined : `there is no ${rest[0]}`;
  const commands = known[program];
  if (!commands) return `${program} is not known`;
  const name = Object.keys(commands).find((command) => `${rest.join(" ")} `.startsWith(`${command} `));
  if (name === undefined) return `${program} has no command ${rest[0]}`;
  const unknown = optionsIn(rest).find((option) => !commands[name]?.includes(option));
  return unknown && `${program} ${name} has no option ${unknown}`;
}

/** Up to `--`, after which they are another program's. */
const optionsIn = (words: readonly string[]): string[] =>
  (words.includes("--") ? words.slice(0, words.indexOf("--")) : words)
    .filter((word) => /^--?[a-z]/.test(word))
    .map((word) => word.replace(/=.*/, ""));

function miLinkProblem([name, ...rest]: readonly string[]): string | undefined {
  const program = commandLine();
  const command = program.commands.find((one) => one.name() === name);
  if (!command && name !== undefined && !name.startsWith("-")) return `mi-link has no command ${name}`;
  const options = [...program.options, ...(command?.options ?? [])].flatMap(({ short, long }) => [short, long]);
  const unknown = optionsIn(command ? rest : [name ?? "", ...rest]).find(
    (option) => option !== "--help" && !options.includes(option),
  );
  return unknown && `mi-link ${name} has no option ${unknown}`;
}

// One lab for all pages: they look, and what they change they change back, but for the link that one of them deletes.
describe("T-SQL in the documentation", function () {
  this.timeout(60_000);
  let lab: Lab;
  let sides: Omit<Parameters<typeof makeLinkByHand>[0], "lab">;
  let names: NamesByHand;
  before(async () => {
    lab = await startLab();
    const { sqlServers, managedInstances, arm, caFile } = lab.ready;
    const [server] = sqlServers;
    const [instance] = managedInstances;
    assert.ok(server && instance);
    const [sqlServer, managedInstance, azure] = await Promise.all([
      openSqlClient(server, caFile),
      openSqlClient(instance, caFile),
      openArmClient(arm, caFile),
    ]);
    sides = { sqlServer, managedInstance, arm: azure, managedInstanceId: instance.id };
    names = await makeLinkByHand({ ...sides, lab });
  });
  after(async () => {
    await Promise.all([sides.sqlServer.close(), sides.managedInstance.close()]);
    await lab.close();
  });

  for (const block of of("sql"))
    it(`runs beside a link: ${labelOf(block)}`, async () => {
      const [, where, , gone] = /^(-- on the managed instance(, (when the link is gone))?\n)?/.exec(block.code) ?? [];
      if (gone) await sides.arm.delete(`${sides.managedInstanceId}/distributedAvailabilityGroups/${names.link}`);
      const console = where ? sides.managedInstance : sides.sqlServer;
      // The pages speak of the database sales; the lab's has a name of its own.
      for (const batch of block.code.replaceAll("sales", names.database).split(/^GO$/m)) await console.query(batch);
    });
});
