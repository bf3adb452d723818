import { spawn } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { repositoryRoot } from "./repository";

export interface Packed {
  /** The tarball. */
  readonly file: string;
  readonly bytes: number;
  /** The paths in it. */
  readonly paths: readonly string[];
}

/** What `npm publish` would send of a workspace. */
export async function pack(workspace: "provider" | "lab", folder: string): Promise<Packed> {
  const said = await shell(`npm pack --json --pack-destination "${folder}"`, { cwd: join(repositoryRoot, workspace) });
  const [{ filename, size, files }] = JSON.parse(said.slice(said.search(/^\[/m)));
  return { file: join(folder, filename), bytes: size, paths: files.map(({ path }: { readonly path: string }) => path) };
}

export interface Typed {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What is typed into the program that the command starts. */
  readonly input?: string;
}

/** Types a command into a shell, and gives what it printed; one that fails is an error that shows it. */
export function shell(command: string, { cwd, env = process.env, input = "" }: Typed): Promise<string> {
  const child = spawn(command, { cwd, env, shell: true });
  let printed = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  child.stdin.on("error", () => {}); // a command that reads nothing may be gone before it is written
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`${command}: exit code ${code}\n${printed}${errors}`)),
    );
  });
}

/** This one's environment without what tests have set, on whose PATH is nothing of this repository but its Node.js. */
export function environmentOfAUser(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(PULUMI_|npm_|ARM_|AZURE_|MI_LINK_|NODE_(OPTIONS|PATH|ENV|V8_COVERAGE|COMPILE_CACHE)$)/;
  const folders = (process.env.PATH ?? "").split(delimiter).filter((each) => !each.startsWith(repositoryRoot));
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name))),
    PATH: [dirname(process.execPath), ...folders].join(delimiter),
    npm_config_prefer_offline: "true",
    npm_config_yes: "true",
    ...more,
  };
}
