/**
 * Stands in for the plugin of @pulumi/command, which needs a download: it runs commands, as that one does, but those of a
 * remote host only where that host is this machine.
 */
import { spawn } from "node:child_process";
import { isIP } from "node:net";
import { type Bag, changed, plain, serve } from "./plugin";

const outputs = ["stdout", "stderr"];

/** A loopback address is this machine, which is the host of the lab's SQL Servers. */
function refuseOtherHosts({ connection }: Bag): void {
  const { host } = (plain(connection) ?? { host: "127.0.0.1" }) as { readonly host: string };
  if (isIP(host) === 4 && host.startsWith("127.")) return;
  throw new Error(`This stand-in for the plugin of @pulumi/command reaches no other host than this machine: ${host}`);
}

async function run(command: unknown, inputs: Bag): Promise<Bag> {
  refuseOtherHosts(inputs);
  const environment = (plain(inputs.environment) ?? {}) as Readonly<Record<string, string>>;
  const child = spawn("/bin/sh", ["-c", String(plain(command))], { env: { ...process.env, ...environment } });
  const texts = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      texts[stream] += text;
    });
  child.stdin.on("error", () => {}); // a command that reads no input may be gone before it is written
  child.stdin.end(String(plain(inputs.stdin) ?? ""));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`exit status ${code}: running ${JSON.stringify(command)}:\n${texts.stderr}`);
  return { ...inputs, stdout: texts.stdout.trimEnd(), stderr: texts.stderr.trimEnd() };
}

serve({
  version: "0.0.0-stand-in",
  async diff(_id, _urn, olds: Bag, news: Bag) {
    const names = changed(olds, news, outputs);
    return { changes: names.length > 0, replaces: names.filter((name) => name === "triggers") };
  },
  create: async (urn, inputs: Bag) => ({
    id: urn.split("::").at(-1) ?? "command",
    outs: inputs.create === undefined ? { ...inputs, stdout: "", stderr: "" } : await run(inputs.create, inputs),
  }),
  update: async (_id, _urn, _olds, news: Bag) => ({ outs: await run(news.update ?? news.create, news) }),
  async delete(_id, _urn, inputs: Bag) {
    if (inputs.delete !== undefined) await run(inputs.delete, inputs);
  },
});
