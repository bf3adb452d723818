import { isFailure, isUncertain, Unfinished, unknownFailure, VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import type { Created } from "../../lifecycle/contract";
import type { Sql } from "../../sql-server/connection";
import { claim, forget } from "../../sql-server/notes";
import { linkFailure } from "./explain";
import { type Inputs, idOf, linkIdOf, linkLabel, noted, type State } from "./link";
import { isBroken, isExactlyAsked, linkedDatabase, stateOf } from "./link-state";
import { findLink, look } from "./look";
import { seedingProgress } from "./progress";
import { deadlineOf, documentedMinutes, settled } from "./settle";

/**
 * Makes the link and waits until it replicates, while Azure copies the database. When something fails, the link is recorded
 * as Azure has it then, so that the next run goes on with it and destroy removes it.
 */
export async function establish(inputs: Inputs, context: Context, sqlServer: Sql | undefined): Promise<Created<State>> {
  const { azure, status, author } = context;
  const doing = `create ${linkLabel(inputs)}`;
  const note = sqlServer && noted(inputs, sqlServer);
  if (note) await claim(note.server, note.kind, note.name, doing, author);
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
      await azure.put(doing, linkIdOf(inputs), propertiesOf(inputs), { progress, deadline, whatIsThere });
    } catch (error) {
      // Azure does not know the operation any more; the link itself shows what became of it.
      if (!isFailure(error, "OutcomeUnknown")) throw error;
    }
    return { id: idOf(inputs), state: await settled(doing, inputs, context, sqlServer, deadline, describe) };
  } catch (error) {
    const failure = error instanceof VisibleError ? error : unknownFailure(doing, error);
    const left = await whatIsLeft(doing, inputs, context, deadlineNamed(failure, inputs, deadline, context.signal));
    if (note && !(left instanceof Unfinished)) await forget(note.server, note.kind, note.name, author).catch(() => {});
    throw left;
  }
}

/** What a PUT of a new link asks for. Azure ignores the replication mode in it. */
export const propertiesOf = (inputs: Inputs): object => ({
  databases: [{ databaseName: inputs.databaseName }],
  failoverMode: inputs.failoverMode,
  instanceAvailabilityGroupName: inputs.instanceAvailabilityGroupName,
  instanceLinkRole: "Secondary",
  partnerAvailabilityGroupName: inputs.partnerAvailabilityGroupName,
  partnerEndpoint: inputs.partnerEndpoint,
  seedingMode: "Automatic",
});

/** The error to throw: with the link's own explanation, and with what Azure has of the link, to be recorded. */
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
    // Recorded without the date of the database: only a finished copy has one.
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
