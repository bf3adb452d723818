import { pause } from "../../errors/interrupted";
import { isFailure, isUncertain, Unfinished, unknownFailure, VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import type { Created } from "../../lifecycle/contract";
import { roleOf } from "../../sql-server/catalog/groups";
import type { Sql } from "../../sql-server/connection";
import { commitSynchronously } from "../distributed-availability-group/commit";
import {
  type Database,
  type DatabaseProperties,
  databaseIdOf,
  databaseLabel,
  findLink,
  type Inputs,
  idOf,
  isBeingMade,
  isBroken,
  isExactlyAsked,
  isUnclear,
  type Link,
  type LinkProperties,
  linkedDatabase,
  linkFailure,
  linkIdOf,
  linkLabel,
  look,
  type State,
  stateOf,
} from "./link";
import { seedingProgress } from "./progress";

/**
 * Makes the link and lasts until it replicates: the operation spans the copying of the database. What is there when
 * something fails is recorded with it, so that the next run goes on and destroy removes it.
 */
export async function establish(inputs: Inputs, context: Context, sqlServer: Sql | undefined): Promise<Created<State>> {
  const { azure, status } = context;
  const doing = `create ${linkLabel(inputs)}`;
  const describe = seedingProgress(inputs.databaseName);
  const deadline = deadlineOf(inputs);
  const progress = async () => {
    const link = await findLink(inputs, azure);
    status(describe(link && linkedDatabase(link)));
  };
  try {
    const whatIsThere = async () => {
      const link = await findLink(inputs, azure);
      if (!link) return "nothing";
      return isExactlyAsked(inputs, link) ? "as asked for" : "something else";
    };
    try {
      await azure.put(doing, linkIdOf(inputs), body(inputs), { progress, deadline, whatIsThere });
    } catch (error) {
      // The operation is forgotten; the link itself tells what became of it.
      if (!isFailure(error, "OutcomeUnknown")) throw error;
    }
    return { id: idOf(inputs), state: await settled(doing, inputs, context, sqlServer, deadline, describe) };
  } catch (error) {
    const failure = error instanceof VisibleError ? error : unknownFailure(doing, error);
    throw await whatIsLeft(doing, inputs, context, deadlineNamed(failure, inputs, deadline, context.signal));
  }
}

const body = (inputs: Inputs): object => ({
  databases: [{ databaseName: inputs.databaseName }],
  failoverMode: inputs.failoverMode,
  instanceAvailabilityGroupName: inputs.instanceAvailabilityGroupName,
  instanceLinkRole: "Secondary",
  partnerAvailabilityGroupName: inputs.partnerAvailabilityGroupName,
  partnerEndpoint: inputs.partnerEndpoint,
  seedingMode: "Automatic",
});

/**
 * Until the link replicates, and then as it was asked for. After a lost answer the second PUT's operation succeeds at
 * once, while the first one's still copies. What Azure shows may be of some time ago: nothing at all, or the link from
 * before this one.
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

/** Of the link from before, which Azure shows for long: what was asked for and accepted is what is recorded. */
const withoutDetails = (link: Link): Link => ({
  ...link,
  properties: { replicationMode: link.properties.replicationMode },
});

/** Azure's operation has ended by then; a state that nobody knows must not be waited for until the deadline. */
const longestUnclearMilliseconds = 120_000;

/**
 * Azure ignores the replication mode of a PUT, so it is set afterwards. SQL Server's half is made synchronous here as well,
 * where it is known: the distributed group began asynchronously, as it has to.
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
    await commitSynchronously(sqlServer, linkName);
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

/** Azure cancels the creation of a link after six days (link troubleshooting page). */
const documentedMinutes = 6 * 24 * 60;

const deadlineOf = ({ seedingTimeoutMinutes = documentedMinutes }: Inputs): AbortSignal =>
  AbortSignal.timeout(seedingTimeoutMinutes * 60_000);

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

/** The error to throw: with the link's own explanation, and recorded together with what Azure has of it. */
async function whatIsLeft(
  doing: string,
  inputs: Inputs,
  { azure, signal }: Context,
  error: VisibleError,
): Promise<Error> {
  // No more looking when the run is over, or when nobody answers: a link that is not there is deleted with success later.
  if (signal.aborted) {
    const remedy = "the link goes on in Azure: pulumi up waits for it, pulumi destroy removes it.";
    return new Unfinished(idOf(inputs), inputs, new VisibleError({ ...error.failure, remedy }, error.codes));
  }
  if (isFailure(error, "Outage")) return new Unfinished(idOf(inputs), inputs, error);
  try {
    const { link } = await look(inputs, azure);
    if (!link || !isExactlyAsked(inputs, link))
      return isUncertain(error) ? new Unfinished(idOf(inputs), inputs, error) : error;
    const explained = isBroken(link) ? linkFailure(doing, link, error) : error;
    // Not yet the id of a database that works: a copy that never was finished has no date.
    return new Unfinished(idOf(inputs), stateOf(inputs, link, undefined), explained);
  } catch {
    return new Unfinished(idOf(inputs), inputs, error);
  }
}

function deadlineNamed(
  error: VisibleError,
  { seedingTimeoutMinutes = documentedMinutes, linkName }: Inputs,
  deadline: AbortSignal,
  signal: AbortSignal,
): VisibleError {
  if (signal.aborted || !deadline.aborted) return error;
  return new VisibleError(
    {
      ...error.failure,
      cause: `the database was not copied within seedingTimeoutMinutes (${seedingTimeoutMinutes}). The link ${linkName} goes on in Azure, which itself gives up after 6 days.`,
      remedy:
        "raise seedingTimeoutMinutes and run pulumi up, which waits for it again; or remove it with pulumi destroy.",
    },
    ["Deadline"],
  );
}
