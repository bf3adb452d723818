import { spawn } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import { findEngine } from "./engine/find.mjs";
import { type EventLog, readEventLog, type Step } from "./pulumi-events";
import { cacheFolder, compileCache } from "./setup/cache.mjs";

export type { Step } from "./pulumi-events";

export interface ProjectSettings {
  /** Where the program's Pulumi.yaml is. Nothing is written there. */
  readonly directory: string;
  /** Holds the state, the stack's configuration and Pulumi's own files; made when it is missing. */
  readonly stateDirectory: string;
  /** @default "dev" */
  readonly stack?: string;
  /** Added to this process's own environment, whose PULUMI_ variables are left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folders that come first on PATH. */
  readonly path?: readonly string[];
}

export interface RunOptions {
  /** Sent to the standard input. */
  readonly input?: string;
  /** Called with what is printed, as it is printed. */
  readonly onOutput?: (text: string) => void;
  /** Interrupts the run as Ctrl-C does, or with another signal, which only the engine gets. */
  readonly signal?: AbortSignal;
  readonly interruptWith?: NodeJS.Signals;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** A preview, up, refresh or destroy that has come to its end, well or not. */
export interface Operation extends Finished, EventLog {
  readonly ok: boolean;
  /** The steps that are a change: everything but "same" and "read". */
  readonly changes: readonly Step[];
}

export interface OperationOptions extends RunOptions {
  /** Further arguments, such as ["--target", urn] or ["--refresh"]. */
  readonly args?: readonly string[];
}

export interface StackResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
  /** It was looked up: the stack does not manage it. */
  readonly external?: boolean;
}

export interface ExportedState {
  readonly version: number;
  readonly deployment: { readonly resources?: readonly StackResource[] };
}

/**
 * What tests and demo ask of Pulumi. They use its command line and not its Automation API, which lets runs be interrupted
 * by SIGINT only, drops the exit code and standard output of those that fail, exports no state without showing its
 * secrets, hands over secret values as arguments, and follows each run by one to three more commands: a quarter of its
 * cost again.
 */
export interface Project {
  /** Any command of the CLI, on this project's stack. */
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  preview(options?: OperationOptions): Promise<Operation>;
  up(options?: OperationOptions): Promise<Operation>;
  /** Brings the state up to date with what is there; `previewOnly` only says what has changed. */
  refresh(options?: OperationOptions & { readonly previewOnly?: boolean }): Promise<Operation>;
  destroy(options?: OperationOptions): Promise<Operation>;
  config(values: {
    readonly plain?: Readonly<Record<string, string>>;
    readonly secret?: Readonly<Record<string, string>>;
  }): Promise<void>;
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  /** What `pulumi stack export` prints, read where the backend stores it: secrets are encrypted. */
  exportState(): Promise<ExportedState>;
  /** What `pulumi stack import` does; the secrets have to have the passphrase of all states here. */
  importState(state: ExportedState): Promise<void>;
}

/** Protects the secrets in every state. */
const passphrase = "mi-link";

/** What `pulumi stack init` writes for that passphrase: a salt of the key, and a word that the key encrypts. */
const encryptionSalt = "v1:IhLDV9INn6k=:v1:hWrc6b9fZIgetTt+:OK5iHV4KRGAlSXiXqia0sw0INnRCmg==";

/** A state as the backend keeps it. */
interface Checkpoint {
  readonly version: number;
  readonly checkpoint: { readonly stack: string; readonly latest?: ExportedState["deployment"] };
}

const acceptsConfigFile = new Set(["config", "destroy", "import", "preview", "refresh", "up"]);

/** Nothing of the user's own Pulumi is read or changed, nothing is downloaded, nobody is asked. */
export function hermeticEnvironment(settings: Omit<ProjectSettings, "directory">): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PULUMI_"));
  return {
    ...Object.fromEntries(inherited),
    ...compileCache(),
    NODE_OPTIONS: [
      process.env.NODE_OPTIONS,
      "--max-semi-space-size=64", // less is collected in short lives
      `--require "${join(__dirname, "..", "engine", "lean-sdk.cjs")}"`,
    ].join(" "),
    GOGC: "off", // the engine lives as shortly
    GOMEMLIMIT: "1GiB",
    NODE_V8_COVERAGE: undefined, // nobody asks what they run, and it costs as much again
    PATH: [...(settings.path ?? []), enginePath()].join(delimiter),
    // Without it the engine writes a second file beside the state, which one that is killed leaves half-written.
    PULUMI_BACKEND_URL: `file://${join(settings.stateDirectory, "state")}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_HOME: join(settings.stateDirectory, "home"),
    PULUMI_DEBUG_COMMANDS: "true", // makes --event-log available
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_SUPPRESS_NEO_LINK: "true",
    ...settings.env,
  };
}

/** The PATH on which Pulumi and what it starts are found. */
function enginePath(): string {
  const path = process.env.PATH ?? "";
  const engine = findEngine(cacheFolder(), path);
  if (!engine) throw new Error("There is no Pulumi engine yet: `node tools/run.mjs engine` gets one.");
  return [engine.bin, join(__dirname, "..", "..", "node_modules", ".bin"), path].join(delimiter);
}

function execute(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv, options: RunOptions): Promise<Finished> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, { cwd, env, stdio: "pipe" });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      options.onOutput?.(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      options.onOutput?.(text);
    });
    const interrupt = () => child.kill(options.interruptWith ?? "SIGINT");
    options.signal?.addEventListener("abort", interrupt, { once: true });
    child.on("error", reject);
    child.on("close", (code) => {
      options.signal?.removeEventListener("abort", interrupt);
      resolve({ code: code ?? -1, stdout, stderr, seconds: (performance.now() - started) / 1000 });
    });
    child.stdin.on("error", () => {}); // a command that reads no input may be gone before it is written
    child.stdin.end(options.input ?? "");
  });
}

/** Passes a run on that went well, and throws what the others printed. */
export function succeeded<Run extends Finished>(run: Run): Run {
  if (run.code !== 0) throw new Error(`pulumi ended with exit code ${run.code}:\n${run.stdout}${run.stderr}`);
  return run;
}

/** Commands that look after the stack run in a folder with nothing but the project's name, so that the program's stays as it is. */
async function makeStackFolder(settings: ProjectSettings): Promise<{ readonly folder: string; readonly name: string }> {
  const description = await readFile(join(settings.directory, "Pulumi.yaml"), "utf8");
  const name = /^name:\s*["']?([\w.-]+)/m.exec(description)?.[1];
  if (!name) throw new Error(`${join(settings.directory, "Pulumi.yaml")} has no name.`);
  const folder = join(settings.stateDirectory, "stack");
  for (const part of ["state", "home", "stack"]) await mkdir(join(settings.stateDirectory, part), { recursive: true });
  await writeFile(join(folder, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\n`);
  return { folder, name };
}

/** What `pulumi stack init` writes, where there is no such stack yet: a third of a second of work, for each test. */
async function initStack(stateFile: string, stack: string, configFile: string): Promise<void> {
  const ifMissing = async (file: string, text: string) => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  };
  await ifMissing(join(dirname(stateFile), "..", "..", "meta.yaml"), "version: 1\n");
  await ifMissing(stateFile, JSON.stringify({ version: 3, checkpoint: { stack } }));
  await ifMissing(configFile, `encryptionsalt: ${encryptionSalt}\n`);
}

/** What `pulumi config set-all --plaintext` writes, in a hundredth of its time. */
async function setPlainConfig(file: string, project: string, values: Readonly<Record<string, string>>): Promise<void> {
  const document = parseDocument(await readFile(file, "utf8"));
  for (const [key, value] of Object.entries(values)) {
    document.setIn(["config", key.includes(":") ? key : `${project}:${key}`], value);
  }
  // In quotes: a date without them would be read as one.
  await writeFile(file, document.toString({ defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" }));
}

/** Opens a Pulumi project on a stack of its own, whose state is kept in a folder; an existing stack is taken up again. */
export async function openProject(settings: ProjectSettings): Promise<Project> {
  const stack = settings.stack ?? "dev";
  const { folder: stackFolder, name } = await makeStackFolder(settings);
  const configFile = join(stackFolder, `Pulumi.${stack}.yaml`);
  const env = hermeticEnvironment(settings);
  const backend = fileURLToPath(new URL(env.PULUMI_BACKEND_URL ?? ""));
  const stateFile = join(backend, ".pulumi", "stacks", name, `${stack}.json`);
  const readState = async (): Promise<Checkpoint> => JSON.parse(await readFile(stateFile, "utf8"));
  let operations = 0;

  const run: Project["run"] = ([command = "", ...rest], options = {}) => {
    const usual = ["--stack", stack, "--non-interactive", "--color", "never"];
    const own = acceptsConfigFile.has(command) ? ["--config-file", configFile] : [];
    const cwd = command === "stack" ? stackFolder : settings.directory;
    return execute([command, ...rest, ...usual, ...own], cwd, env, options);
  };

  const operate = async (command: string, flags: readonly string[], options: OperationOptions): Promise<Operation> => {
    operations += 1;
    const eventLog = join(settings.stateDirectory, `events-${process.pid}-${operations}.json`);
    const args = [command, ...flags, "--event-log", eventLog, ...(options.args ?? [])];
    const finished = await run(args, options);
    const { steps, diagnostics } = await readEventLog(eventLog);
    await rm(eventLog, { force: true });
    const changes = steps.filter(({ op }) => op !== "same" && op !== "read");
    return { ...finished, ok: finished.code === 0, steps, changes, diagnostics };
  };

  await initStack(stateFile, `organization/${name}/${stack}`, configFile);
  return {
    run,
    preview: (options = {}) => operate("preview", [], options),
    up: (options = {}) => operate("up", ["--yes", "--skip-preview"], options),
    refresh: ({ previewOnly, ...options } = {}) =>
      operate("refresh", previewOnly ? ["--preview-only"] : ["--yes", "--skip-preview"], options),
    destroy: (options = {}) => operate("destroy", ["--yes", "--skip-preview"], options),
    async config({ plain = {}, secret = {} }) {
      await setPlainConfig(configFile, name, plain);
      // By standard input: other users of the machine can read arguments.
      for (const [key, value] of Object.entries(secret)) {
        succeeded(await run(["config", "set", "--secret", "--raw", key], { input: value }));
      }
    },
    async outputs() {
      return JSON.parse(succeeded(await run(["stack", "output", "--json", "--show-secrets"])).stdout);
    },
    async exportState() {
      const { version, checkpoint } = await readState();
      return { version, deployment: checkpoint.latest ?? {} };
    },
    async importState({ version, deployment }) {
      const { stack: full } = (await readState()).checkpoint;
      const latest = deployment.resources && deployment;
      await writeFile(stateFile, JSON.stringify({ version, checkpoint: { stack: full, latest } }));
    },
  };
}
