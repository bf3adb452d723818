import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExportedState, StackResource } from "#tools/pulumi";

interface StoredState extends ExportedState {
  readonly deployment: { readonly resources?: readonly StoredResource[] };
}
interface StoredResource extends StackResource {
  /** It was looked up: the stack does not manage it. */
  readonly external?: boolean;
}
interface Stored {
  readonly version: number;
  readonly checkpoint: { readonly latest?: StoredState["deployment"] };
}

/** Where the backend keeps the state of the stack "dev". `pulumi stack export` and `import` start the engine to read and write it. */
const fileOf = (stateDirectory: string, project: string) =>
  join(stateDirectory, "state", ".pulumi", "stacks", project, "dev.json");

const read = async (file: string): Promise<Stored> => JSON.parse(await readFile(file, "utf8"));

/** What `pulumi stack export` shows. */
export async function storedState(stateDirectory: string, project: string): Promise<StoredState> {
  const { version, checkpoint } = await read(fileOf(stateDirectory, project));
  return { version, deployment: checkpoint.latest ?? {} };
}

/** What `pulumi stack import` does with a state whose secrets have the passphrase of the tests. */
export async function storeState(stateDirectory: string, project: string, state: ExportedState): Promise<void> {
  const file = fileOf(stateDirectory, project);
  const { version, checkpoint } = await read(file);
  await writeFile(file, JSON.stringify({ version, checkpoint: { ...checkpoint, latest: state.deployment } }));
}
