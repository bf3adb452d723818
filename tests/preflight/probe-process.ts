import { newContext } from "#provider/lifecycle/context";
import { probeNetwork } from "#provider/preflight/probe/probe";
import { disconnectAll } from "#provider/sql-server/connection";

/** A test of the network in a process of its own: what it tests is its argument, what it finds its output. */
async function main(): Promise<void> {
  const context = newContext({
    signal: new AbortController().signal,
    status: () => {},
    warn: () => {},
    config: () => undefined,
  });
  const findings = await probeNetwork({ ...JSON.parse(process.argv[2] ?? ""), announce: () => {} }, context);
  process.stdout.write(JSON.stringify(findings));
  await disconnectAll();
}

void main();
