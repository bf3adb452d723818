import type { Database, Instance } from "../sql-server/model";
import { nameKey } from "../sql-server/names";
import { agreementOn } from "./agreement";
import type { Azure, Link, ManagedInstance } from "./managed-instance";
import { startReplication } from "./replication";

interface Ends {
  readonly source: Database;
  readonly target: Database;
}

/** The link's database begins to be copied, in whole and then transaction by transaction. */
export function replicate(link: Link, instance: ManagedInstance, { source, target }: Ends, azure: Azure): void {
  link.replication?.stop();
  link.replication = startReplication({
    source,
    target,
    clock: azure.clock,
    latency: azure.latency,
    mode() {
      const isCurrent = link.replication?.source === source && roleOf(source, instance) === link.role;
      if (link.phase !== "created" || !isCurrent || !("agreed" in agreementOn(link, instance, azure))) return undefined;
      return link.replicationMode;
    },
  });
}

function roleOf(source: Database, { engine }: ManagedInstance): Link["role"] {
  return engine.databases.get(nameKey(source.name)) === source ? "Primary" : "Secondary";
}

/** What follows from the roles: after a failover the copy goes the other way, from the new primary on. */
export function followRoles(link: Link, instance: ManagedInstance, sqlServer: Instance, azure: Azure): void {
  const [own, partners] = [instance.engine, sqlServer].map(({ databases }) => databases.get(nameKey(link.database)));
  if (!own || !partners) return;
  const ends = link.role === "Primary" ? { source: own, target: partners } : { source: partners, target: own };
  if (link.replication?.source !== ends.source || link.replication.target !== ends.target)
    replicate(link, instance, ends, azure);
  link.replication?.pump();
}
