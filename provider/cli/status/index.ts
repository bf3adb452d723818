import type { SqlServer } from "../../arguments/sql-server-settings";
import { whileConnected } from "../../sql-server/connection";
import { lookAt } from "./look-options";
import type { Status } from "./status-data";

export type {
  CertificateStatus,
  DatabaseStatus,
  Health,
  LinkStatus,
  ManagedInstanceStatus,
  Problem,
  SeedingStatus,
  SqlServerStatus,
  Status,
} from "./status-data";

/** Whose links to look at: give both sides of a link to see both. */
export interface LinkStatusArgs {
  /** How to reach SQL Servers: the settings of the resources' `sqlServer`. */
  readonly sqlServers?: readonly SqlServer[];
  /** Azure resource ids. */
  readonly managedInstances?: readonly string[];
  /** Names of links. @default all of the servers and instances */
  readonly links?: readonly string[];
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/**
 * What `mi-link status --json` prints, for programs. Asks each server and instance once and changes nothing; what does not
 * answer within a minute, or may not be seen, is told as a problem in its place.
 */
export async function linkStatus({
  sqlServers = [],
  managedInstances = [],
  links,
  signal = new AbortController().signal,
}: LinkStatusArgs): Promise<Status> {
  const wanted = { sqlServers, managedInstances, links: links?.map((name) => ({ name })) };
  return await whileConnected(() => lookAt(wanted, signal));
}
