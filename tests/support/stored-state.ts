import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExportedState } from "#tools/pulumi";

interface Stored {
  readonly version: number;
  readonly checkpoint: { readonly latest?: ExportedState["deployment"] };
}

/** Where the backend keeps the state of the stack "dev". `pulumi stack export` and `import` start the engine to read and write it. */
const fileOf = (stateDirectory: string, project: string) =>
  join(stateDirectory, "state", ".pulumi", "stacks", project, "dev.json");

const read = async (file: string): Promise<Stored> => JSON.parse(await readFile(file, "utf8"));

/** What `pulumi stack export` shows. */
export async function storedState(stateDirectory: string, project: string): Promise<ExportedState> {
  const { version, checkpoint } = await read(fileOf(stateDirectory, project));
  return { version, deployment: checkpoint.latest ?? {} };
}

/** What `pulumi stack import` does with a state whose secrets have the passphrase of the tests. */
export async function storeState(stateDirectory: string, project: string, state: ExportedState): Promise<void> {
  const file = fileOf(stateDirectory, project);
  const { version, checkpoint } = await read(file);
  await writeFile(file, JSON.stringify({ version, checkpoint: { ...checkpoint, latest: state.deployment } }));
}
