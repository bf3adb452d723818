import { endpointUrlProperty } from "../../arguments/endpoint-url";
import { adoptProperty, oneOf, wholeNumber } from "../../arguments/kinds";
import { managedInstanceIdProperty } from "../../arguments/managed-instance-id";
import { sharedName, sysname } from "../../arguments/names";
import { sqlServerProperty } from "../../arguments/sql-server-settings";
import { VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import type { Lifecycle } from "../../lifecycle/contract";
import { isContinued } from "../../lifecycle/ownership";
import type { Sql } from "../../sql-server/connection";
import { forget } from "../../sql-server/notes";
import { establish } from "./establish";
import { copyLeft, deletedInAzure, disconnection, refuseExisting, unfitness } from "./explain";
import {
  type Database,
  databaseLabel,
  type Inputs,
  idOf,
  type Link,
  linkIdOf,
  linkLabel,
  noted,
  type State,
} from "./link";
import { isBeingMade, isExactlyAsked, isTheLink, neverStarted, stateOf } from "./link-state";
import { look, lookForExisting } from "./look";
import { remove } from "./remove";
import { replacementRefusal } from "./replacement";
import { inMode, settled } from "./settle";

export const instanceLink = {
  properties: {
    managedInstanceId: managedInstanceIdProperty,
    linkName: sharedName("replace"),
    databaseName: sharedName("replace"),
    partnerAvailabilityGroupName: sysname("replace"),
    partnerEndpoint: { ...endpointUrlProperty, onChange: "replace" },
    instanceAvailabilityGroupName: sysname("replace"),
    failoverMode: oneOf(["Manual", "None"], "replace"),
    replicationMode: oneOf(["Async", "Sync"], "update"),
    databaseOnDelete: oneOf(["Keep", "Delete"], "update"),
    seedingTimeoutMinutes: wholeNumber({
      from: 1,
      to: 8640,
      of: "minutes",
      why: "Azure itself gives up after 6 days",
      onChange: "update",
    }),
    sqlServer: { ...sqlServerProperty, required: false, since: 2 },
    adopt: adoptProperty,
  },
  refusal: replacementRefusal,
  warnings: (state) => (state.linkState === "Deleted" ? [deletedInAzure(state)] : disconnection(state)),
  // While the old link or its copy is there, a new one is refused.
  deleteBeforeReplace: () => true,

  async observe(state, { azure }) {
    const { link, database } = await look(state, azure);
    if (link && !isTheLink(state, link)) return undefined;
    if (link)
      return {
        state: stateOf(state, link, neverStarted(link) || isBeingMade(link) ? undefined : database),
        drift: unfitness(link),
      };
    if (!database || !isTheCopy(state, database)) return undefined;
    return {
      state: { ...state, connectedState: "DISCONNECTED", linkState: "Deleted" },
      drift: `the link was deleted in Azure; ${databaseLabel(state)} is an independent database now`,
    };
  },

  async create(inputs, context) {
    // Looks at the instance too: a missing or stopped one is named before anything is sent.
    const [{ link, database }, sqlServer] = await Promise.all([
      lookForExisting(inputs, context.azure),
      sqlServerOf(inputs, undefined, context),
      context.azure.managedInstance(inputs.managedInstanceId),
    ]);
    if (link && sqlServer && isExactlyAsked(inputs, link) && (await isContinued(present(inputs, sqlServer), context))) {
      const state = { ...withInstance(inputs, sqlServer), linkState: undefined };
      return { id: idOf(inputs), state: await this.update(state, inputs, context) };
    }
    refuseExisting(inputs, link, database);
    return await establish(withInstance(inputs, sqlServer), context, sqlServer);
  },

  async update(state, inputs, context) {
    const [{ link, database }, sqlServer] = await Promise.all([
      look(inputs, context.azure),
      sqlServerOf(inputs, state.instanceId, context),
    ]);
    const known = withInstance(inputs, sqlServer);
    if (link && !isTheLink(state, link)) refuseExisting(inputs, link, database);
    if (!link || neverStarted(link)) return await makeAgain(known, link, database, context, sqlServer);
    if (!isBeingMade(link)) return await inMode(known, link, database, context, sqlServer);
    return await settled(`finish ${linkLabel(inputs)}`, known, context, sqlServer);
  },

  async delete(state, context) {
    await remove(state, context);
    if (!state.sqlServer || state.instanceId === undefined) return;
    const note = noted(state, await context.sql(state.sqlServer, state.instanceId));
    await forget(note.server, note.kind, note.name, context.author);
  },
} satisfies Lifecycle<Inputs, State>;

const present = (inputs: Inputs, server: Sql) => ({
  ...noted(inputs, server),
  what: linkLabel(inputs),
});

/** The session on SQL Server; undefined where the program does not give `sqlServer`. */
const sqlServerOf = async (
  { sqlServer }: Inputs,
  instanceId: string | undefined,
  context: Context,
): Promise<Sql | undefined> => sqlServer && (await context.sql(sqlServer, instanceId));

const withInstance = (inputs: Inputs, sqlServer: Sql | undefined): Inputs & Pick<State, "instanceId"> => ({
  ...inputs,
  instanceId: sqlServer?.instance.id,
});

/** Whether it is the copy that this link made, by its date. Without a recorded date there was no finished copy. */
const isTheCopy = ({ databaseCreationDate }: State, { properties }: Database): boolean =>
  databaseCreationDate !== undefined && databaseCreationDate === properties.creationDate;

/** Makes the link again that somebody deleted, or that never came to replicate. Never touches a database without a link. */
async function makeAgain(
  inputs: Inputs,
  link: Link | undefined,
  database: Database | undefined,
  context: Context,
  sqlServer: Sql | undefined,
): Promise<State> {
  if (!link && database)
    throw new VisibleError({ doing: `make ${linkLabel(inputs)} again`, ...copyLeft(inputs) }, ["LinkDeleted"]);
  if (link) await context.azure.delete(`delete ${linkLabel(inputs)}, which never came to replicate`, linkIdOf(inputs));
  const { state: made } = await establish(inputs, context, sqlServer);
  return made;
}
