import { setTimeout as delay } from "node:timers/promises";
import type { SqlClient } from "#tools/clients";

/** How a link stood, looked at every 50 ms. */
export interface Watch {
  /** What was seen, in order: each state once, until it changed. Throws when nothing was seen. */
  stop(): Promise<{ readonly sqlServer: readonly string[]; readonly managedInstance: readonly string[] }>;
}

interface Sides {
  readonly sqlServer: SqlClient;
  readonly managedInstance: SqlClient;
}

export function watchLink({ sqlServer, managedInstance }: Sides, link: string): Watch {
  const stopped = new AbortController();
  const query = `SELECT s.connected_state_desc AS state FROM sys.dm_hadr_availability_replica_states s
    JOIN sys.availability_groups g ON g.group_id = s.group_id
    WHERE s.is_local = 0 AND g.is_distributed = 1 AND g.name = N'${link.replaceAll("'", "''")}'`;
  const look = async (side: SqlClient): Promise<string[]> => {
    const seen: string[] = [];
    while (!stopped.signal.aborted) {
      const [row] = await side.query<{ state: string }>(query);
      const state = row?.state ?? "gone";
      if (seen.at(-1) !== state) seen.push(state);
      await delay(50);
    }
    if (seen.length === 0) throw new Error("the link was not looked at");
    return seen;
  };
  const looks = Promise.all([look(sqlServer), look(managedInstance)]);
  return {
    async stop() {
      stopped.abort();
      const [onServer, onInstance] = await looks;
      return { sqlServer: onServer, managedInstance: onInstance };
    },
  };
}
