import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { VisibleError } from "../errors/visible-error";

/** Another package, of which this one knows nothing but the name. */
const labPackage = "mi-link-lab";

/** `mi-link lab` is `mi-link-lab`, where the user's project has that package: all that follows is for it, `--` and `--help` too. */
export function addLab(program: Command, args: readonly string[]): void {
  program
    .command("lab")
    .description(
      `Start ${labPackage}, where it is installed: SQL Server and Azure in one process, to try programs with.`,
    )
    .argument("[arguments...]", `what ${labPackage} takes; --help lists it`)
    .helpOption(false)
    .allowUnknownOption()
    .action(async () => {
      process.exitCode = await start(labProgram(process.cwd()), args.slice(args.indexOf("lab") + 1));
    });
}

function labProgram(folder: string): string {
  try {
    return createRequire(join(folder, "package.json")).resolve(`${labPackage}/main`);
  } catch {
    throw new VisibleError({
      doing: "start the lab",
      cause: `the package ${labPackage} is not installed in ${folder}.`,
      remedy: `npm install --save-dev ${labPackage}`,
    });
  }
}

/** Ctrl-C reaches the lab by itself, so here it is only kept from ending this process before the lab has tidied up. */
function start(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [program, ...args], { stdio: "inherit" });
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
