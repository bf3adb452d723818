import type { Context, Created } from "../../dynamic/lifecycle";
import { Unfinished, VisibleError } from "../../errors/visible-error";
import { pause } from "../retry";
import { type Inputs, type State, findLink, isAskedFor, isBeingMade, isBroken, linkFailure, linkIdOf, linkLabel, linkedDatabase, look, stateOf } from "./link";
import { seedingProgress } from "./progress";

/**
 * Makes the link and lasts until it replicates: the operation spans the copying of the database. What is there when
 * something fails is recorded with it, so that the next run goes on and destroy removes it.
 */
export async function establish(inputs: Inputs, context: Context): Promise<Created<State>> {
  const { azure, status } = context;
  const doing = `create ${linkLabel(inputs)}`;
  const describe = seedingProgress(inputs.databaseName);
  const deadline = AbortSignal.timeout(inputs.seedingTimeoutMinutes * 60_000);
  const progress = async () => {
    const link = await findLink(inputs, azure);
    status(describe(link && linkedDatabase(link)));
  };
  try {
    await azure.put(doing, linkIdOf(inputs), body(inputs), { progress, deadline });
    await replicating(doing, inputs, context, deadline, describe);
    return { id: linkIdOf(inputs), state: await finish(inputs, context) };
  } catch (error) {
    throw error instanceof VisibleError ? await whatIsLeft(doing, inputs, context, deadlineNamed(error, inputs, deadline, context.signal)) : error;
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
 * Until the link replicates. After a lost answer the second PUT's operation succeeds at once, while the first one's still
 * copies.
 */
export async function replicating(doing: string, inputs: Inputs, { azure, signal, status }: Context, deadline?: AbortSignal, describe = seedingProgress(inputs.databaseName)): Promise<void> {
  const until = deadline ? AbortSignal.any([signal, deadline]) : signal;
  for (let wait = 500; ; wait = Math.min(wait * 1.5, 15_000)) {
    const link = await findLink(inputs, azure);
    if (!link) throw new VisibleError({ doing, cause: "somebody deleted the link while it was being made.", remedy: "run pulumi up again." }, ["LinkVanished"]);
    if (isBroken(link)) throw linkFailure(doing, link);
    if (!isBeingMade(link)) return;
    status(describe(linkedDatabase(link)));
    await pause(wait, doing, until);
  }
}

/** Azure ignores the replication mode of a PUT: it is set when the link replicates. */
export async function finish(inputs: Inputs, { azure }: Context): Promise<State> {
  const { link, database } = await look(inputs, azure);
  if (!link) throw new VisibleError({ doing: `look at ${linkLabel(inputs)}`, cause: "somebody deleted it meanwhile.", remedy: "run pulumi refresh, then pulumi up." }, ["LinkVanished"]);
  if (link.properties.replicationMode === inputs.replicationMode) return stateOf(inputs, link, database);
  await azure.patch(`set the replication mode of ${linkLabel(inputs)} to ${inputs.replicationMode}`, linkIdOf(inputs), { replicationMode: inputs.replicationMode });
  const changed = await findLink(inputs, azure);
  return stateOf(inputs, changed ?? link, database);
}

/** The error to throw: with the link's own explanation, and recorded together with what Azure has of it. */
async function whatIsLeft(doing: string, inputs: Inputs, { azure, signal }: Context, error: VisibleError): Promise<Error> {
  const known = { ...inputs, linkId: linkIdOf(inputs) };
  // No more looking when the run is over: a link that is not there is deleted with success later.
  if (signal.aborted) return new Unfinished(linkIdOf(inputs), known, error);
  try {
    const { link } = await look(inputs, azure);
    if (!link || !isAskedFor(inputs, link)) return error;
    const explained = isBroken(link) ? linkFailure(doing, link, error) : error;
    // Not yet the id of a database that works: a copy that never was finished has no date.
    return new Unfinished(linkIdOf(inputs), stateOf(inputs, link, undefined), explained);
  } catch {
    return new Unfinished(linkIdOf(inputs), known, error);
  }
}

function deadlineNamed(error: VisibleError, { seedingTimeoutMinutes, linkName }: Inputs, deadline: AbortSignal, signal: AbortSignal): VisibleError {
  if (signal.aborted || !deadline.aborted) return error;
  return new VisibleError(
    {
      ...error.failure,
      cause: `the database was not copied within seedingTimeoutMinutes (${seedingTimeoutMinutes}). The link ${linkName} goes on in Azure, which itself gives up after 6 days.`,
      remedy: "raise seedingTimeoutMinutes and run pulumi up, which waits for it again; or remove it with pulumi destroy.",
    },
    ["Deadline"],
  );
}
