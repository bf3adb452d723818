/** A stack for each SQL Server of a list, some at a time, and in the end what became of each. */
import { readFileSync } from "node:fs";
import { type InlineProgramArgs, LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { InstancePairing, ManagedInstanceLink } from "pulumi-mi-link";

interface Server {
  /** Of its stack. */
  readonly name: string;
  readonly host: string;
  readonly port?: number;
  readonly user: string;
  readonly credential: string;
  readonly caFile?: string;
  readonly managedInstanceId: string;
  readonly databases: readonly string[];
}

const atOnce = 6; // a stack takes three processes and 250 MB
const [command = "preview", file = "servers.json"] = process.argv.slice(2);
const servers: readonly Server[] = JSON.parse(readFileSync(file, "utf8"));

const programOf = (server: Server) => async () => {
  const { host, port, user, credential, caFile, managedInstanceId, databases } = server;
  const pairing = new InstancePairing("pairing", {
    sqlServer: { host, port, user, credential, caFile },
    managedInstanceId,
    masterKeyCredential: "env:MASTER_KEY_PASSWORD",
  });
  for (const databaseName of databases) new ManagedInstanceLink(databaseName, { pairing, databaseName });
};

/** Runs the command on one stack, and tells in a few words what came of it. */
async function run(server: Server): Promise<string> {
  const args: InlineProgramArgs = { projectName: "mi-link-fleet", stackName: server.name, program: programOf(server) };
  const stack = await LocalWorkspace.createOrSelectStack(args);
  const onOutput = printerOf(server);
  if (command === "preview") return counted((await stack.preview({ onOutput })).changeSummary);
  if (command === "up") return counted((await stack.up({ onOutput })).summary.resourceChanges);
  if (command === "destroy") return counted((await stack.destroy({ onOutput })).summary.resourceChanges);
  throw new Error(`${command} is none of preview, up and destroy`);
}

/** Prints whole lines, each with the server that it is about, but for the dots that show that work goes on. */
function printerOf({ name }: Server): (text: string) => void {
  let begun = "";
  return (text) => {
    const lines = (begun + text).split("\n");
    begun = lines.pop() ?? "";
    for (const line of lines) if (line.trim() && !line.startsWith("@")) console.log(`${name}: ${line}`);
  };
}

const counted = (changes: Readonly<Record<string, number>> = {}): string =>
  Object.entries(changes)
    .map(([what, count]) => `${count} ${what}`)
    .join(", ");

const results = new Map<string, string>();
const waiting = [...servers];
async function work(): Promise<void> {
  for (let server = waiting.shift(); server; server = waiting.shift()) {
    const { name } = server;
    const failed = (error: Error) => `FAILED: ${/error: (.*)/.exec(error.message)?.[1] ?? error.message}`;
    results.set(name, await run(server).catch(failed));
  }
}
await Promise.all(Array.from({ length: atOnce }, work));

const width = Math.max(...servers.map(({ name }) => name.length));
for (const { name } of servers) console.log(`${name.padEnd(width)}  ${results.get(name)}`);
if ([...results.values()].some((result) => result.startsWith("FAILED"))) process.exitCode = 1;
