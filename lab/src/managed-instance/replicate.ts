import type { Database, Instance } from "../sql-server/model";
import { nameKey } from "../sql-server/names";
import { agreementOn } from "./agreement";
import type { Azure } from "./azure";
import type { Link, LinkedDatabase, ManagedInstance } from "./managed-instance";
import { startReplication } from "./replication";

interface Ends {
  readonly source: Database;
  readonly target: Database;
}

/** Begins to copy a database of a link, in whole and then transaction by transaction. */
export function replicate(
  database: LinkedDatabase,
  link: Link,
  instance: ManagedInstance,
  { source, target }: Ends,
  azure: Azure,
): void {
  database.replication?.stop();
  database.replication = startReplication({
    source,
    target,
    clock: azure.clock,
    latency: azure.latency,
    mode() {
      const isCurrent = database.replication?.source === source && roleOf(source, instance) === link.role;
      if (link.phase !== "created" || target.state !== "ONLINE" || !isCurrent) return undefined;
      if (source.isSuspended || target.isSuspended) return undefined;
      return "agreed" in agreementOn(link, instance, azure) ? link.replicationMode : undefined;
    },
  });
}

function roleOf(source: Database, { engine }: ManagedInstance): Link["role"] {
  return engine.databases.get(nameKey(source.name)) === source ? "Primary" : "Secondary";
}

/** Copies the databases in the direction that the roles say: after a failover, from the new primary on. */
export function followRoles(link: Link, instance: ManagedInstance, sqlServer: Instance, azure: Azure): void {
  for (const database of link.databases) {
    const [own, partners] = [instance.engine, sqlServer].map(({ databases }) => databases.get(nameKey(database.name)));
    if (!own || !partners || database.failure) continue;
    const ends = link.role === "Primary" ? { source: own, target: partners } : { source: partners, target: own };
    if (database.replication?.source !== ends.source || database.replication.target !== ends.target)
      replicate(database, link, instance, ends, azure);
    database.replication?.pump();
  }
}
