import type { Database, Instance } from "../sql-server/model";
import { nameKey } from "../sql-server/names";
import { allocatedBytes } from "../sql-server/transaction-log";
import { agreementOn, type Disagreement } from "./agreement";
import type { Azure } from "./azure";
import type { Link, LinkedDatabase, LinkFailure, ManagedInstance } from "./managed-instance";
import { replicate } from "./replicate";
import { seedingAt, seedingEnd, startSeeding } from "./seeding";

const longestCreationMilliseconds = 6 * 24 * 3_600_000;
/** How often a creation looks again for the other side or at the copy. */
export const lookAgainMilliseconds = 25;

interface Way {
  readonly link: Link;
  readonly instance: ManagedInstance;
  readonly sqlServer: Instance;
  readonly azure: Azure;
  readonly signal: AbortSignal;
}

/** Copies a database for the first time. A lost connection or a restart meanwhile starts the copy all over again. */
export async function seed(
  database: LinkedDatabase,
  copy: Database,
  { link, instance, sqlServer, azure, signal }: Way,
): Promise<LinkFailure | "out of time" | undefined> {
  const { clock, options } = azure;
  const starts = () => `${sqlServer.startTime.getTime()} ${instance.engine.startTime.getTime()}`;
  let started = starts();
  const source = sourceOf(database, link, instance, sqlServer);
  const begun = clock.now().getTime();
  const begin = () => {
    replicate(database, link, instance, { source, target: copy }, azure);
    return startSeeding(allocatedBytes(source), options.seedingBytesPerSecond, clock.now(), database.seeding);
  };
  let lost: { readonly since: number; readonly why: Disagreement } | undefined;
  database.seeding = begin();
  for (;;) {
    const now = clock.now();
    const agreement = agreementOn(link, instance, azure);
    if ("disagreement" in agreement) {
      lost ??= { since: now.getTime(), why: agreement.disagreement };
      if (now.getTime() - lost.since >= options.linkTimeoutMilliseconds)
        return { ...lost.why, state: "LinkCreationError" };
    } else {
      if (lost || started !== starts()) database.seeding = begin();
      lost = undefined;
      started = starts();
      if (seedingAt(database.seeding, now).completed) return undefined;
    }
    const since = link.phase === "creating" ? link.created.getTime() : begun;
    if (now.getTime() - since >= longestCreationMilliseconds) return "out of time";
    const left = seedingEnd(database.seeding).getTime() - now.getTime();
    await clock.sleep(Math.max(1, Math.min(lookAgainMilliseconds, left)), signal);
  }
}

function sourceOf({ name }: LinkedDatabase, link: Link, { engine }: ManagedInstance, sqlServer: Instance): Database {
  const primary = link.role === "Primary" ? engine : sqlServer;
  const source = primary.databases.get(nameKey(name));
  if (!source) throw new Error(`${primary.name} has no database ${name}`);
  return source;
}
