import type { AzureAccess } from "../../azure/client";
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
} from "./link";
import { isAskedFor, isBeingMade, neverStarted } from "./link-state";

/**
 * Looks at the link and at the database that it writes to. Before it says that one is missing, or that the link is another
 * one or never came to replicate, it looks three times: such a link is forgotten, or deleted and made again.
 */
export async function look(inputs: Inputs, azure: AzureAccess): Promise<Found> {
  const [link, database] = await Promise.all([findLink(inputs, azure), findDatabase(inputs, azure)]);
  // A link that is being made has no database yet.
  const isExpected = !link || !(isBeingMade(link) || neverStarted(link));
  const [sureLink, sureDatabase] = await Promise.all([
    link
      ? sure(link, inputs, azure)
      : azure.findForSure<LinkProperties>(`look at ${linkLabel(inputs)}`, linkIdOf(inputs)),
    database ??
      (isExpected
        ? azure.findForSure<DatabaseProperties>(`look at ${databaseLabel(inputs)}`, databaseIdOf(inputs))
        : undefined),
  ]);
  return { link: sureLink, database: sureDatabase };
}

async function sure(first: Link, inputs: Inputs, azure: AzureAccess): Promise<Link> {
  const isUsual = (link: Link) => isAskedFor(inputs, link) && !neverStarted(link);
  if (isUsual(first)) return first;
  const last = await azure.threeTimes(
    `look at ${linkLabel(inputs)}`,
    () => findLink(inputs, azure),
    (link) => link !== undefined && isUsual(link),
  );
  return last ?? first;
}

/** Looks before a link is made, three times while something is there: it may have been deleted just now. */
export async function lookForExisting(inputs: Inputs, azure: AzureAccess): Promise<Found> {
  return await azure.threeTimes<Found>(
    `look at ${linkLabel(inputs)}`,
    async () => {
      const [link, database] = await Promise.all([
        azure.findOrListed<LinkProperties>(`look at ${linkLabel(inputs)}`, linkIdOf(inputs)),
        azure.findOrListed<DatabaseProperties>(`look at ${databaseLabel(inputs)}`, databaseIdOf(inputs)),
      ]);
      return { link, database };
    },
    ({ link, database }) => !link && !database,
  );
}

interface Found {
  readonly link?: Link;
  readonly database?: Database;
}

/** Looks once. */
export const findLink = (inputs: Inputs, azure: AzureAccess): Promise<Link | undefined> =>
  azure.find<LinkProperties>(`look at ${linkLabel(inputs)}`, linkIdOf(inputs));

const findDatabase = (inputs: Inputs, azure: AzureAccess): Promise<Database | undefined> =>
  azure.find<DatabaseProperties>(`look at ${databaseLabel(inputs)}`, databaseIdOf(inputs));
