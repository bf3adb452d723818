import { spawn } from "node:child_process";
import { constants } from "node:os";

/** A failure whose text is meant for the user; it needs no stack. */
export class SetupError extends Error {}

/**
 * A program that ended by a signal counts as 128 + its number, as in a shell.
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
const exitCode = (code, signal) => code ?? 128 + (signal ? constants.signals[signal] : 0);

/**
 * Runs a program with the user's terminal as its own, or printing into a file that is open. SIGTERM is passed on; Ctrl-C
 * reaches the whole group by itself, so here it is only kept from ending this process before the child has tidied up.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, output?: number, onStart?: (child: import("node:child_process").ChildProcess) => void }} [options]
 * @returns {Promise<number>} the exit code
 */
export function runInForeground(command, args, { cwd, env, output, onStart } = {}) {
  return new Promise((resolve, reject) => {
    /** @type {import("node:child_process").StdioOptions} */
    const stdio = output === undefined ? "inherit" : ["ignore", output, output];
    const child = spawn(command, args, { cwd, env, stdio });
    const onInterrupt = () => {};
    const onTerminate = () => child.kill("SIGTERM");
    process.on("SIGINT", onInterrupt);
    process.on("SIGTERM", onTerminate);
    const forget = () => {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onTerminate);
    };
    child.on("error", (error) => {
      forget();
      reject(new SetupError(`${command} can't be started: ${error.message}`));
    });
    child.on("exit", (code, signal) => {
      forget();
      resolve(exitCode(code, signal));
    });
    onStart?.(child);
  });
}

/**
 * Runs a program unseen and gives back all it printed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMilliseconds?: number }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runQuietly(command, args, { cwd, env, timeoutMilliseconds } = {}) {
  return new Promise((resolve) => {
    // On Windows npm is a .cmd file, which only a shell starts.
    const shell = process.platform === "win32" && command === "npm";
    const stdio = /** @type {const} */ (["ignore", "pipe", "pipe"]);
    const child = spawn(command, args, { cwd, env, stdio: [...stdio], timeout: timeoutMilliseconds, shell });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    child.on("error", (error) => resolve({ code: 127, output: error.message }));
    child.on("close", (code, signal) => resolve({ code: exitCode(code, signal), output }));
  });
}
