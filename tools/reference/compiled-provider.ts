import { join } from "node:path";

/** The checkout: compiled tools lie in tools/dist/reference. */
export const repositoryRoot = join(__dirname, "..", "..", "..");

const compiled = (file: string) => require(join(repositoryRoot, "provider", "dist", file));

/** What comments don't tell is asked of the provider itself. */
export const { resources } = compiled("dynamic/index.js") as typeof import("../../provider/dynamic/index");
export const { originsOf } = compiled(
  "components/part-arguments.js",
) as typeof import("../../provider/components/part-arguments");
export const { commandLine } = compiled("cli/main.js") as typeof import("../../provider/cli/main");
export const { anchorOf, wholeCatalogue } = compiled(
  "errors/catalogue.js",
) as typeof import("../../provider/errors/catalogue");
export const { authentications } = compiled(
  "arguments/sql-server-authentication.js",
) as typeof import("../../provider/arguments/sql-server-authentication");

/** A command of `mi-link`, or all of it. */
export type Program = ReturnType<typeof commandLine>;

/** What `mi-link --help` lists, but `help` itself. Shells ask a hidden one for completions. */
export const commandsOf = (program: Program): readonly Program[] =>
  program
    .createHelp()
    .visibleCommands(program)
    .filter((command) => command.name() !== "help");
