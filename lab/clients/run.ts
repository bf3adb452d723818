import { runQuietly } from "mi-link-tools/setup/child";

/** A package manager or a compiler; what it printed is the reason when it fails. */
export async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { code, output } = await runQuietly(command, args, {
    env: { ...process.env, ...env },
    timeoutMilliseconds: 900_000,
  });
  if (code === 0) return;
  const lines = output.trim().split("\n").slice(-5).join(" | ");
  throw new Error(`${command} ${args.slice(0, 3).join(" ")} ... ended with ${code}: ${lines}`);
}
