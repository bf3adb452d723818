import assert from "node:assert/strict";
import type { Lab } from "#lab/index";
import type { SqlClient } from "#tools/clients";

/** Consoles on every server that a link may join: a quick start's two, or more. */
export interface Watched {
  readonly lab: Pick<Lab, "clock">;
  readonly sqlServer: SqlClient;
  readonly managedInstance: SqlClient;
  readonly otherServers?: readonly SqlClient[];
  readonly otherInstances?: readonly SqlClient[];
  /** The links to watch. @default all that are connected */
  readonly links?: readonly string[];
}

/** A span of the lab's clock in which at least one side did not see the other. */
export interface Interruption {
  readonly link: string;
  readonly milliseconds: number;
}

const sampleMilliseconds = 100;

/** The lab reconnects at once. A link that is down for longer is waiting for a request to Azure. */
const longestReconnect = 1000;

/** Runs a change that is documented as keeping the link: every link is disconnected for at most one reconnect. */
export async function expectKept<Run>(watched: Watched, change: () => Promise<Run>): Promise<Run> {
  const watcher = await watchLinks(watched);
  const run = await expectConnectedAfter(watched, change).finally(watcher.stop);
  const interruptions = watcher.interruptions();
  const links = interruptions.map(({ link }) => link);
  const worse = interruptions.filter(
    ({ link, milliseconds }) => milliseconds > longestReconnect || links.indexOf(link) !== links.lastIndexOf(link),
  );
  assert.deepEqual(worse, [], "disconnected more than once, or for longer than a reconnect");
  return run;
}

/** A link is never the price of an error: what was connected before is connected after the run, failed or not. */
export async function expectConnectedAfter<Run>(watched: Watched, run: () => Promise<Run>): Promise<Run> {
  const before = await connectedLinks(watched);
  assert.notDeepEqual(before, [], "no link is connected, so that none could be lost");
  const finished = await run();
  const after = await connectedLinks(watched);
  assert.deepEqual(
    before.filter((link) => !after.includes(link)),
    [],
    "links that the run has disconnected",
  );
  return finished;
}

/** Looks at both sides of all links that are connected now, every 100 ms of the lab's time. */
async function watchLinks(watched: Watched) {
  const { clock } = watched.lab;
  const links = await connectedLinks(watched);
  const since = new Map<string, Date>();
  const ended: Interruption[] = [];
  const stopped = new AbortController();

  const look = async () => {
    const connected = await connectedLinks(watched);
    const now = clock.now();
    for (const link of links) {
      const began = since.get(link);
      if (!connected.includes(link)) since.set(link, began ?? now);
      else if (began) {
        ended.push({ link, milliseconds: now.getTime() - began.getTime() });
        since.delete(link);
      }
    }
  };
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      await look();
      await clock.sleep(sampleMilliseconds, stopped.signal).catch(() => undefined);
    }
  })();
  return {
    interruptions(): readonly Interruption[] {
      const open = [...since].map(([link, began]) => ({ link, milliseconds: clock.now().getTime() - began.getTime() }));
      return [...ended, ...open];
    },
    async stop(): Promise<void> {
      stopped.abort();
      await watching;
      await look();
    },
  };
}

const connectedQuery = `SELECT ag.name AS link
FROM sys.availability_groups ag
JOIN sys.dm_hadr_availability_replica_states rs ON ag.group_id = rs.group_id
WHERE ag.is_distributed = 1 AND rs.is_local = 0 AND rs.connected_state_desc = N'CONNECTED'`;

/** Names of the links that both sides say are connected. A side that does not answer has none. */
export async function connectedLinks(watched: Watched): Promise<string[]> {
  const { sqlServer, otherServers = [], managedInstance, otherInstances = [], links } = watched;
  const ask = (side: SqlClient) => side.query<{ link: string }>(connectedQuery).catch(() => []);
  const askAll = async (sides: readonly SqlClient[]) => (await Promise.all(sides.map(ask))).flat();
  const [onInstances, onServers] = await Promise.all([
    askAll([managedInstance, ...otherInstances]),
    askAll([sqlServer, ...otherServers]),
  ]);
  const seen = new Set(onInstances.map(({ link }) => link));
  return onServers
    .map(({ link }) => link)
    .filter((link) => seen.has(link) && (links === undefined || links.includes(link)));
}
