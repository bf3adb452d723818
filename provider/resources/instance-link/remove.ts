import { linkArguments, quotedWord } from "../../arguments/managed-instance-id";
import { VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import { isLeftToAnother } from "../../lifecycle/ownership";
import { findDatabase } from "../../sql-server/catalog/databases";
import { roleOf } from "../../sql-server/catalog/groups";
import type { Sql } from "../../sql-server/connection";
import {
  databaseIdOf,
  databaseLabel,
  deleteDatabase,
  instanceName,
  type Link,
  linkIdOf,
  linkLabel,
  noted,
  type State,
} from "./link";
import { isTheLink, neverStarted } from "./link-state";
import { findLink, look } from "./look";

/**
 * Deletes the link and, if the program says so, its copy. It deletes a copy only together with its link, and only after it
 * has itself seen that copy as the secondary: any other database may be the one that everybody uses by now.
 */
export async function remove(state: State, context: Context): Promise<void> {
  const { azure, warn } = context;
  const { link, database } = await look(state, azure);
  if (!link) {
    const mayBeTheCopy = [undefined, database?.properties.creationDate].includes(state.databaseCreationDate);
    if (database && mayBeTheCopy && state.databaseOnDelete === "Delete") warn(keptDatabase(state));
    return;
  }
  // Another link under the name was not made here, and neither was its copy.
  if (!isTheLink(state, link)) return;
  const sqlServer = await reachSqlServer(state, context);
  // The very link goes on under a newer record, as after a replacement that nobody asked about (pulumi up --replace).
  if (sqlServer && (await isLeftToAnother(noted(state, sqlServer), context))) return;
  // An unfinished copy goes with its link; a database beside a link that never began is not its copy.
  const takesCopy = state.databaseOnDelete === "Delete" && !neverStarted(link);
  if (takesCopy) await requireSecondary(state, sqlServer ? link : await roleForSure(state, link, context), sqlServer);
  const isDeleted = await step(
    () => azure.delete(`delete ${linkLabel(state)}`, linkIdOf(state)),
    takesCopy ? `If the link is gone all the same, ${databaseLabel(state)} stays: ${nextDestroy}` : undefined,
  );
  if (!takesCopy) {
    if (database && !neverStarted(link)) warn(keptCopy(state));
    return;
  }
  // The link was gone already, whatever Azure showed a moment ago: somebody deleted it, which may have been the cut-over.
  if (!isDeleted) return warn(keptDatabase(state));
  await step(
    () => azure.delete(`delete ${databaseLabel(state)}`, databaseIdOf(state)),
    `The link is deleted, and the database stays: ${nextDestroy} If nobody needs it: ${deleteDatabase(state)}`,
  );
}

const nextDestroy = "the next pulumi destroy leaves it, as it may be in use by then.";

async function step<T>(work: () => Promise<T>, ifItFails: string | undefined): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (ifItFails === undefined || !(error instanceof VisibleError)) throw error;
    const { said = [], ...failure } = error.failure;
    throw new VisibleError({ ...failure, said: [...said, ifItFails] }, error.codes);
  }
}

const keptCopy = (state: State): string =>
  `Kept ${databaseLabel(state)}, as databaseOnDelete is "Keep": it is an independent database now, and nothing writes to it any more. If nobody needs it: ${deleteDatabase(state)}`;

const keptDatabase = (state: State): string =>
  `${databaseLabel(state)} stays, although databaseOnDelete is "Delete": ${linkLabel(state)} was gone already, deleted in Azure or by a destroy that was interrupted, and since then the database is an independent one, which may hold what is nowhere else. If nobody needs it: ${deleteDatabase(state)}`;

/** Signs in to SQL Server before anything in Azure is deleted: otherwise a destroy could end in between. */
async function reachSqlServer({ sqlServer, instanceId, ...state }: State, { sql }: Context): Promise<Sql | undefined> {
  if (!sqlServer) return undefined;
  try {
    return await sql(sqlServer, instanceId);
  } catch (error) {
    if (!(error instanceof VisibleError)) throw error;
    const { doing, remedy, ...failure } = error.failure;
    const az = linkArguments(state.managedInstanceId);
    throw new VisibleError(
      {
        ...failure,
        doing: `${doing}, before ${linkLabel(state)} is deleted`,
        remedy: `${remedy ? `${remedy} ` : ""}Nothing was deleted. If that SQL Server is gone for good: az sql mi link delete ${az} -n ${quotedWord(state.linkName)}, then pulumi destroy for what is in Azure, and pulumi state delete <urn> --target-dependents for what was on that server (pulumi stack --show-urns).`,
      },
      error.codes,
    );
  }
}

/** Looks three times before it believes Azure, without SQL Server, that the instance is the secondary: a failover may be newer. */
async function roleForSure(state: State, first: Link, { azure }: Context): Promise<Link> {
  const last = await azure.threeTimes(
    `look at the role of ${linkLabel(state)}`,
    () => findLink(state, azure),
    (link) => link !== undefined && link.properties.instanceLinkRole?.toLowerCase() !== "secondary",
  );
  return last ?? first;
}

/** Refuses to delete the database unless it is the secondary: "Delete" was not meant for one that has become the primary. */
async function requireSecondary(state: State, { properties }: Link, sqlServer: Sql | undefined): Promise<void> {
  const role = properties.instanceLinkRole?.toLowerCase();
  const found =
    role === "primary"
      ? `the managed instance ${instanceName(state)} is the primary: ${databaseLabel(state)} is the one in use`
      : role === "secondary"
        ? sqlServer && (await missingOriginal(state, sqlServer))
        : `Azure does not say that the managed instance ${instanceName(state)} is the secondary`;
  if (!found) return;
  throw new VisibleError(
    {
      doing: `delete ${linkLabel(state)} and its database`,
      said: [found],
      cause: 'databaseOnDelete is "Delete", and the copy may have become the original, as a failover makes it.',
      remedy:
        'nothing was deleted. Fail back first, or keep the database: set databaseOnDelete: "Keep", run pulumi up, then remove the link.',
    },
    ["InstanceIsPrimary"],
  );
}

/** Why SQL Server is not the primary. Azure alone may be wrong: after a forced failover both sides may be secondaries. */
async function missingOriginal({ linkName, databaseName }: State, server: Sql): Promise<string | undefined> {
  const role = await roleOf(server, linkName);
  if (role === "PRIMARY") return undefined;
  const where = `${server.instance.name} (${server.address})`;
  if (role !== undefined)
    return `${where} is not the primary of the distributed availability group ${linkName}: ${role}`;
  const database = await findDatabase(server, databaseName);
  if (database?.state === "ONLINE") return undefined;
  return `${where} has neither the distributed availability group ${linkName} nor a database ${databaseName} that is online`;
}
