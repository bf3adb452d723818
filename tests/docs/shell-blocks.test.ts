import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandLine } from "#provider/cli/main";
import { repositoryRoot } from "../support/repository";
import { blocksOf, labelOf } from "./markdown";

describe("a block of shell commands in the documentation", () => {
  for (const block of blocksOf("sh"))
    it(`has commands and options that there are: ${labelOf(block)}`, () => {
      for (const command of commandsIn(block.code))
        assert.equal(commandProblem(command, dirname(block.page)), undefined, command.join(" "));
    });

  it("would not pass with a command or an option that there is not", () => {
    for (const line of [
      "mi-link imprt",
      "mi-link import --foo",
      "mi-link lab --foo",
      "npm run nothing",
      "pulumi upp",
      "pulumi up --foo",
      "node nothing.js",
      "az sql mi link drop",
    ])
      assert.ok(commandProblem(line.split(" "), "."), line);
  });
});

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
  npx: { tsc: ["--init"] },
  docker: { "compose up": ["-d", "--wait"], "compose exec": ["-c"], "compose down": ["-v"] },
};
/** The shell's own, and what takes any argument. */
const free = ["export", "read", "cd", "source", "mkdir", "echo"];

function commandProblem(words: readonly string[], folder: string): string | undefined {
  const [program = "", ...rest] = words[0] === "npx" && words[1] === "mi-link" ? words.slice(1) : words;
  if (free.includes(program)) return undefined;
  if (program === "mi-link") return miLinkProblem(rest);
  if (program === "npx" && rest[0] === "mi-link-lab") return labProblem(rest.slice(1));
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
  if (command?.name() === "lab") return labProblem(rest);
  const options = [...program.options, ...(command?.options ?? [])].flatMap(({ short, long }) => [short, long]);
  const unknown = optionsIn(command ? rest : [name ?? "", ...rest]).find(
    (option) => option !== "--help" && !options.includes(option),
  );
  return unknown && `mi-link ${name} has no option ${unknown}`;
}

const labReadme = readFileSync(join(repositoryRoot, "lab", "README.md"), "utf8");

/** The lab has its options in a table of its README. */
function labProblem(words: readonly string[]): string | undefined {
  const unknown = optionsIn(words).find((option) => !labReadme.includes(`\n| \`${option}`));
  return unknown && `mi-link-lab has no option ${unknown}`;
}
