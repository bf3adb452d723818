/** Of `databases` in the properties of a link. */
export interface LinkDatabase {
  readonly databaseName: string;
  readonly replicaState?: string;
  readonly seedingProgress?: string;
  readonly connectedState?: "CONNECTED" | "DISCONNECTED";
  /** The number of an SQL Server error, as text. */
  readonly mostRecentLinkError?: string;
}

/**
 * What the user sees beside the resource while the database is copied. Azure tells the percentage only, so the rate is
 * what was seen since the copy was first looked at.
 */
export function seedingProgress(
  databaseName: string,
  now: () => number = Date.now,
): (database: LinkDatabase | undefined) => string {
  let first: { readonly at: number; readonly percent: number } | undefined;
  return (database) => {
    if (!database) return `waiting for Azure to begin the link of ${databaseName}`;
    const percent = percentOf(database.seedingProgress);
    if (percent === undefined) return `${databaseName}: ${inWords(database)}`;
    const at = now();
    if (!first || percent < first.percent) first = { at, percent };
    const perMinute = ((percent - first.percent) * 60_000) / Math.max(1, at - first.at);
    const copied = `${databaseName}: copying to the managed instance, ${percent}%`;
    if (!(perMinute > 0)) return copied;
    return `${copied}, about ${round(perMinute)}% per minute, ${duration((100 - percent) / perMinute)} left`;
  };
}

const states: Readonly<Record<string, string>> = {
  creatinglink: "the managed instance is connecting to SQL Server",
  seeding: "copying to the managed instance",
  copying: "copying to the managed instance",
  linksynchronizing: "the link replicates",
  connected: "the link replicates",
  linkfailoverinprogress: "a failover is under way",
  linkiniterror: "the link could not be started",
  linkcreationerror: "the copy could not be made",
  linksynchronizationerror: "replication has stopped",
};

export const isKnownState = ({ replicaState = "" }: LinkDatabase): boolean => replicaState.toLowerCase() in states;

/** The link's state, for people. */
export function inWords({ replicaState = "" }: LinkDatabase): string {
  return states[replicaState.toLowerCase()] ?? `the link is in the state ${replicaState || "(none)"}`;
}

/** "30%", as the service writes it. */
function percentOf(text: string | undefined): number | undefined {
  const percent = Number.parseFloat(text ?? "");
  return percent >= 0 && percent <= 100 ? percent : undefined;
}

const round = (value: number): string => (value >= 10 ? value.toFixed(0) : value.toPrecision(2));

function duration(minutes: number): string {
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return `${Math.ceil(minutes)} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}
