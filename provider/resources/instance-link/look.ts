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
 * Both at once: the link, and the database that it writes to. What is missing, is another link than the one that is
 * known, or never came to replicate, is so for sure: such a link is forgotten, or deleted and made again.
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

/** Before a link is made: the usual answer is that nothing is there, and what is there may have been deleted just now. */
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

/** One look. */
export const findLink = (inputs: Inputs, azure: AzureAccess): Promise<Link | undefined> =>
  azure.find<LinkProperties>(`look at ${linkLabel(inputs)}`, linkIdOf(inputs));

const findDatabase = (inputs: Inputs, azure: AzureAccess): Promise<Database | undefined> =>
  azure.find<DatabaseProperties>(`look at ${databaseLabel(inputs)}`, databaseIdOf(inputs));
