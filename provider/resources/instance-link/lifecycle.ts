import { endpointUrlProperty } from "../../arguments/endpoint-url";
import { adoptProperty, oneOf, wholeNumber } from "../../arguments/kinds";
import {
  childId,
  linkArguments,
  managedInstanceIdProperty,
  quotedWord,
  sameInAzure,
} from "../../arguments/managed-instance-id";
import { sharedName, sysname } from "../../arguments/names";
import { sqlServerProperty } from "../../arguments/sql-server-settings";
import { beingMade } from "../../azure/link-properties";
import { isUncertain, VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import type { Lifecycle } from "../../lifecycle/contract";
import { leave, type Present, standingOf, type Unlike } from "../../lifecycle/ownership";
import { finished } from "../../lifecycle/recorded";
import { findGroup, roleOf } from "../../sql-server/catalog/groups";
import type { Sql } from "../../sql-server/connection";
import { commit } from "../distributed-availability-group/commit";
import { establish, propertiesOf } from "./establish";
import { copyLeft, deletedInAzure, disconnection, linkExists, linkFailure, refuseExisting, unfitness } from "./explain";
import {
  type Database,
  databaseLabel,
  type Inputs,
  idOf,
  type Link,
  type LinkProperties,
  linkIdOf,
  linkLabel,
  noted,
  type State,
} from "./link";
import { isBeingMade, isTheLink, keptOtherwise, linkedDatabase, neverStarted, stateOf } from "./link-state";
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

  async learn({ managedInstanceId = "", linkName = "" }, { azure }) {
    const id = childId(managedInstanceId, "distributedAvailabilityGroups", linkName);
    const link = await azure.findForSure<LinkProperties>(`look at the link ${linkName}`, id);
    if (!link) return undefined;
    const {
      partnerAvailabilityGroupName,
      partnerEndpoint,
      instanceAvailabilityGroupName,
      failoverMode,
      replicationMode,
    } = link.properties;
    const databaseName = linkedDatabase(link)?.databaseName;
    return {
      databaseName,
      partnerAvailabilityGroupName,
      partnerEndpoint,
      instanceAvailabilityGroupName,
      failoverMode,
      replicationMode,
    };
  },

  async create(inputs, context) {
    // Looks at the instance too: a missing or stopped one is named before anything is sent.
    const [{ link, database }, sqlServer] = await Promise.all([
      lookForExisting(inputs, context.azure),
      sqlServerOf(inputs, undefined, context),
      context.azure.managedInstance(inputs.managedInstanceId),
    ]);
    if (link) {
      const taken = await standingOf(await presentLink(inputs, link, sqlServer), context);
      const known = { ...withInstance(inputs, sqlServer), ...taken };
      return await finished<State>(idOf(inputs), known, () => this.update(known, inputs, context));
    }
    refuseExisting(inputs, link, database);
    return await establish(withInstance(inputs, sqlServer), context, sqlServer);
  },

  steps: (inputs) => ({
    steps: [
      {
        on: "Azure",
        doing: `create ${linkLabel(inputs)}`,
        method: "PUT",
        path: linkIdOf(inputs),
        properties: propertiesOf(inputs),
        query: "properties.databases[0].join(' ', [replicaState || '', seedingProgress || ''])",
        unfinished: ["InitiatingLink", ...beingMade],
      },
    ],
  }),

  async update(state, inputs, context) {
    const [{ link, database }, sqlServer] = await Promise.all([
      look(inputs, context.azure),
      sqlServerOf(inputs, state.instanceId, context),
    ]);
    const known = { ...withInstance(inputs, sqlServer), ...(state.before && { before: state.before }) };
    if (link && !isTheLink(state, link)) refuseExisting(inputs, link, database);
    if (link && neverStarted(link) && state.before) throw linkFailure(`go on with ${linkLabel(inputs)}`, link);
    if (!link || neverStarted(link))
      return await makeAgain(withInstance(inputs, sqlServer), link, database, context, sqlServer);
    if (!isBeingMade(link)) return await inMode(known, link, database, context, sqlServer);
    return await settled(`finish ${linkLabel(inputs)}`, known, context, sqlServer);
  },

  async delete(state, context) {
    if (state.before) return await leaveLink(state, state.before as unknown as Before, context);
    await remove(state, context);
  },
} satisfies Lifecycle<Inputs, State>;

/** What taking a link over may change. */
interface Before extends Pick<Inputs, "replicationMode"> {
  /** SQL Server's half, where it is known. */
  readonly isAsynchronous: boolean;
}

/** A link of the name that is there: how it differs. Azure keeps all of it but the replication mode. */
async function presentLink(inputs: Inputs, link: Link, server: Sql | undefined): Promise<Present> {
  const { replicationMode = inputs.replicationMode } = link.properties;
  const members = (server && (await findGroup(server, inputs.linkName)))?.replicas ?? [];
  const isAsynchronous = members.some(({ availabilityMode }) => availabilityMode === "ASYNCHRONOUS_COMMIT");
  const before: Before = { replicationMode, isAsynchronous };
  const others: Unlike[] = keptOtherwise(inputs, link).map(({ name, found, wanted }) => ({
    what: `${name} is ${found}, not ${wanted}`,
    remedy: `Azure keeps ${name} of a link for good: declare ${JSON.stringify(found)}, or give another linkName.`,
  }));
  if (neverStarted(link))
    others.push({
      what: unfitness(link) ?? "",
      remedy: `see why: az sql mi link show ${linkArguments(inputs.managedInstanceId)} -n ${quotedWord(link.name)}. It never came to replicate, so it can be removed by hand; then run pulumi up again, which makes it.`,
    });
  const isInMode = sameInAzure(replicationMode, inputs.replicationMode);
  return {
    ...noted(inputs, server),
    what: linkLabel(inputs),
    adopt: inputs.adopt,
    before: { ...before },
    differences: isInMode
      ? others
      : [...others, { what: `replicationMode is ${replicationMode}, not ${inputs.replicationMode}` }],
    refusal: () => linkExists(inputs, link),
  };
}

/** Leaves link and copy, whatever databaseOnDelete says: both were there before. */
async function leaveLink(state: State, before: Before, context: Context): Promise<void> {
  const { link, database } = await look(state, context.azure);
  const note = await noteOf(state, context);
  const isThere = link !== undefined && isTheLink(state, link);
  const stays = isThere ? await putBack(state, before, link, database, context, note.server) : [];
  await leave({ ...note, what: linkLabel(state) }, stays, context);
}

async function putBack(
  state: State,
  { replicationMode, isAsynchronous }: Before,
  link: Link,
  database: Database | undefined,
  context: Context,
  server: Sql | undefined,
): Promise<string[]> {
  try {
    await inMode({ ...state, replicationMode }, link, database, context, undefined);
  } catch (error) {
    // A link that doesn't replicate takes no other mode; it is left all the same.
    if (!(error instanceof VisibleError)) throw error;
    const { codes } = error;
    if (isUncertain(error)) throw error;
    return [`replicationMode, which was ${replicationMode}, as Azure refused it (${codes.join(", ")})`];
  }
  if (server && isAsynchronous && (await roleOf(server, state.linkName)) === "PRIMARY")
    await commit(server, state.linkName, "ASYNCHRONOUS_COMMIT");
  return [];
}

const noteOf = async (state: State, context: Context) =>
  noted(state, state.instanceId === undefined ? undefined : await sqlServerOf(state, state.instanceId, context));

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
