import { pause } from "../../errors/interrupted";
import { VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import { roleOf } from "../../sql-server/catalog/groups";
import type { Sql } from "../../sql-server/connection";
import { commit } from "../distributed-availability-group/commit";
import { linkFailure } from "./explain";
import {
  type Database,
  type DatabaseProperties,
  databaseIdOf,
  databaseLabel,
  type Inputs,
  type Link,
  type LinkProperties,
  linkIdOf,
  linkLabel,
  type State,
} from "./link";
import { isBeingMade, isBroken, isExactlyAsked, isUnclear, linkedDatabase, stateOf } from "./link-state";
import { seedingProgress } from "./progress";

/** Azure cancels the creation of a link after six days (link troubleshooting page). */
export const documentedMinutes = 6 * 24 * 60;

export const deadlineOf = ({ seedingTimeoutMinutes = documentedMinutes }: Inputs): AbortSignal =>
  AbortSignal.timeout(seedingTimeoutMinutes * 60_000);

/**
 * Waits until the link replicates, then sets its mode. The operation of the PUT is not enough to wait for: after a lost
 * answer, the second PUT's ends at once while the first one's still copies. Azure may be out of date and show no link yet,
 * or the one from before a replacement.
 */
export async function settled(
  doing: string,
  inputs: Inputs,
  context: Context,
  sqlServer: Sql | undefined,
  deadline = deadlineOf(inputs),
  describe = seedingProgress(inputs.databaseName),
): Promise<State> {
  const { azure, status, signal } = context;
  const until = AbortSignal.any([signal, deadline]);
  const begun = Date.now();
  for (let wait = 500; ; wait = Math.min(wait * 1.5, 15_000)) {
    const link = await azure.appeared<LinkProperties>(
      `look at ${linkLabel(inputs)}`,
      linkIdOf(inputs),
      (shown) => isExactlyAsked(inputs, shown) && !isBroken(shown),
    );
    if (!link) throw notShown(doing);
    if (isBroken(link)) throw linkFailure(doing, link);
    const isWaitedFor = isBeingMade(link) || (isUnclear(link) && Date.now() - begun < longestUnclearMilliseconds);
    if (!isWaitedFor) {
      const label = `look at ${databaseLabel(inputs)}`;
      const database = await azure.appeared<DatabaseProperties>(label, databaseIdOf(inputs));
      return await inMode(
        inputs,
        isExactlyAsked(inputs, link) ? link : withoutDetails(link),
        database,
        context,
        sqlServer,
      );
    }
    status(describe(linkedDatabase(link)));
    await pause(wait, doing, until);
  }
}

/** Drops the properties of a link from before, which Azure still shows: then what was asked for and accepted is recorded. */
const withoutDetails = (link: Link): Link => ({
  ...link,
  properties: { replicationMode: link.properties.replicationMode },
});

/** How long an undocumented state is waited for. Azure's operation has ended by then, so it will hardly change any more. */
const longestUnclearMilliseconds = 120_000;

/**
 * Sets the replication mode, which Azure ignores in a PUT. Where the SQL Server is known, its half becomes synchronous here
 * too: a distributed group has to begin asynchronously.
 */
export async function inMode(
  inputs: Inputs,
  link: Link,
  database: Database | undefined,
  { azure }: Context,
  sqlServer: Sql | undefined,
): Promise<State> {
  const { replicationMode, linkName } = inputs;
  if (sqlServer && replicationMode === "Sync" && (await roleOf(sqlServer, linkName)) === "PRIMARY")
    await commit(sqlServer, linkName, "SYNCHRONOUS_COMMIT");
  if (link.properties.replicationMode === replicationMode) return stateOf(inputs, link, database);
  const doing = `set the replication mode of ${linkLabel(inputs)} to ${replicationMode}`;
  await azure.patch(doing, linkIdOf(inputs), { replicationMode });
  const changed = await azure.appeared<LinkProperties>(
    doing,
    linkIdOf(inputs),
    ({ properties }) => properties.replicationMode === replicationMode,
  );
  return stateOf(inputs, changed ?? { ...link, properties: { ...link.properties, replicationMode } }, database);
}

const notShown = (doing: string): VisibleError =>
  new VisibleError(
    {
      doing,
      said: ["Azure accepted the link, and has not shown it for two minutes."],
      cause: "Azure's answers are of some time ago; or somebody deleted the link at once.",
      remedy: "run pulumi up again, which looks for it and goes on.",
    },
    ["LinkNotShown", "OutcomeUnknown"],
  );
