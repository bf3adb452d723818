import type { Context, Lifecycle, Property } from "../../dynamic/lifecycle";
import { VisibleError } from "../../errors/visible-error";
import { endpointUrlProperty } from "../../sql-server/endpoint-url";
import { sharedName, sysname } from "../../sql-server/names";
import { azArguments, managedInstanceIdProperty } from "../resource-id";
import { deadlineOf, establish, inMode, settled } from "./establish";
import {
  type Database,
  databaseIdOf,
  databaseLabel,
  disconnection,
  type Inputs,
  instanceName,
  isAskedFor,
  isBeingMade,
  type Link,
  linkedDatabase,
  linkIdOf,
  linkLabel,
  look,
  neverStarted,
  type State,
  stateOf,
} from "./link";
import { inWords } from "./progress";

export const instanceLink: Lifecycle<Inputs, State> = {
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
    seedingTimeoutMinutes: {
      type: "number",
      onChange: "update",
      check: (minutes) =>
        Number.isInteger(minutes) && minutes >= 1 && minutes <= 8640
          ? undefined
          : "must be a whole number of minutes from 1 to 8640 (Azure itself gives up after 6 days)",
    },
  },
  // While the copy stays, a new link to it is refused: better so before the old one is deleted than after.
  deleteBeforeReplace: ({ databaseOnDelete }) => databaseOnDelete === "Delete",

  warnings: (state) => disconnection(state),

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
      state: { ...state, connectedState: "DISCONNECTED" },
      drift: `the link was deleted in Azure; ${databaseLabel(state)} is an independent database now`,
    };
  },

  async create(inputs, context) {
    // The instance too, so that one that is missing or stopped is named before anything is sent.
    const [{ link, database }] = await Promise.all([
      look(inputs, context.azure),
      context.azure.managedInstance(inputs.managedInstanceId),
    ]);
    refuseExisting(inputs, link, database);
    return await establish(inputs, context);
  },

  async update(state, inputs, context) {
    const { link, database } = await look(inputs, context.azure);
    if (link && !isTheLink(state, link)) refuseExisting(inputs, link, database);
    if (!link || neverStarted(link)) return await makeAgain(state, inputs, link, database, context);
    if (!isBeingMade(link)) return await inMode(inputs, link, database, context);
    return await settled(`finish ${linkLabel(inputs)}`, inputs, context, deadlineOf(inputs));
  },

  async delete(state, { azure }) {
    const { link, database } = await look(state, azure);
    // Another link under the name was not made here, and neither was its copy.
    if (link && !isTheLink(state, link)) return;
    if (link && state.databaseOnDelete === "Delete") refusePrimary(state, link);
    if (link) await azure.delete(`delete ${linkLabel(state)}`, linkIdOf(state));
    if (state.databaseOnDelete !== "Delete") return;
    // An unfinished copy goes with its link, so look again.
    const isOurs = link ? true : database !== undefined && isTheCopy(state, database);
    if (isOurs) await azure.delete(`delete ${databaseLabel(state)}`, databaseIdOf(state));
  },
};

function oneOf<T extends string>(values: readonly [T, ...T[]], onChange: "update" | "replace"): Property<T> {
  return {
    type: "string",
    default: values[0],
    onChange,
    check: (value) =>
      values.includes(value) ? undefined : `must be ${values.map((allowed) => JSON.stringify(allowed)).join(" or ")}`,
  };
}

/** By its group's id; an interrupted creation left none, or somebody made it again just as it was. */
const isTheLink = (state: State, link: Link): boolean =>
  (state.distributedAvailabilityGroupId !== undefined &&
    link.properties.distributedAvailabilityGroupId === state.distributedAvailabilityGroupId) ||
  isAskedFor(state, link);

/** The copy that this link made, as far as its date tells; without a date there was no finished copy. */
const isTheCopy = ({ databaseCreationDate }: State, { properties }: Database): boolean =>
  databaseCreationDate !== undefined && databaseCreationDate === properties.creationDate;

/** Only what the next update can repair: a link that lost its partner comes back with the partner. */
function unfitness(link: Link): string | undefined {
  const linked = linkedDatabase(link);
  if (neverStarted(link))
    return `${linked ? inWords(linked) : "the link could not be made"}${linked?.mostRecentLinkError ? ` (error ${linked.mostRecentLinkError})` : ""}`;
  return isBeingMade(link) ? "the link is still being made" : undefined;
}

function refuseExisting(inputs: Inputs, link: Link | undefined, database: Database | undefined): void {
  const doing = `create ${linkLabel(inputs)}`;
  const az = azArguments(inputs.managedInstanceId);
  if (link) {
    throw new VisibleError(
      {
        doing,
        said: [
          `a link of the name ${link.name} exists already, for the database ${linkedDatabase(link)?.databaseName ?? "(none)"} from ${link.properties.partnerEndpoint ?? "(unknown)"}`,
        ],
        cause:
          "it was not made by this resource; or this is a replacement of this stack's own link, which needs its copy gone first.",
        remedy: `delete it if nobody needs it: az sql mi link delete ${az.replace("--mi", "--instance-name")} -n ${JSON.stringify(link.name)}; for a replacement: set databaseOnDelete: "Delete", run pulumi up, then make the change.`,
      },
      ["LinkAlreadyExists"],
    );
  }
  if (database) {
    throw new VisibleError(
      {
        doing,
        said: [`${databaseLabel(inputs)} exists already`],
        cause:
          "a link makes its own copy and never writes over a database; this one may be the copy that an earlier link left.",
        remedy: `if nobody needs it: ${deleteDatabase(inputs)}, then run pulumi up again.`,
      },
      ["ManagedDatabaseNameInUse"],
    );
  }
}

const deleteDatabase = (inputs: Inputs): string =>
  `az sql midb delete ${azArguments(inputs.managedInstanceId)} -n ${JSON.stringify(inputs.databaseName)}`;

/** After the link was deleted behind our back, or never came to replicate. */
async function makeAgain(
  state: State,
  inputs: Inputs,
  link: Link | undefined,
  database: Database | undefined,
  context: Context,
): Promise<State> {
  if (!link && database) requireDisposable(state, inputs, database);
  if (link) await context.azure.delete(`delete ${linkLabel(inputs)}, which never came to replicate`, linkIdOf(inputs));
  if (!link && database) await context.azure.delete(`delete ${databaseLabel(inputs)}`, databaseIdOf(inputs));
  const { state: made } = await establish(inputs, context);
  return made;
}

function requireDisposable(state: State, inputs: Inputs, database: Database): void {
  if (inputs.databaseOnDelete === "Delete" && isTheCopy(state, database)) return;
  throw new VisibleError(
    {
      doing: `make ${linkLabel(inputs)} again`,
      said: [`the link was deleted in Azure; ${databaseLabel(inputs)} is an independent database now`],
      cause:
        "somebody cut over to the managed instance, or deleted the link by mistake; making it again needs the copy gone, which may hold data by now.",
      remedy: `if it was the cut-over: pulumi state delete <urn of this resource>, and take it out of the program. If it was a mistake: ${deleteDatabase(inputs)}, then run pulumi up again.`,
    },
    ["LinkDeleted"],
  );
}

/** "Delete" was meant for a copy, not for the database that everybody uses since the failover. */
function refusePrimary(state: State, link: Link): void {
  if (link.properties.instanceLinkRole?.toLowerCase() !== "primary") return;
  throw new VisibleError(
    {
      doing: `delete ${linkLabel(state)} and its database`,
      said: [`the managed instance ${instanceName(state)} is the primary: ${databaseLabel(state)} is the one in use`],
      cause: 'databaseOnDelete is "Delete", and a failover has made the copy the original.',
      remedy:
        'fail back first, or keep the database: set databaseOnDelete: "Keep", run pulumi up, then remove the link.',
    },
    ["InstanceIsPrimary"],
  );
}
