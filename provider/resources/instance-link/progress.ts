import type { LinkDatabase } from "./link";
import { inWords } from "./link-state";

/**
 * What the user sees beside the resource while the database is copied. Azure tells the percentage only, so the rate is
 * what was seen since the copy was first looked at, and a percentage that falls is a copy that began again.
 */
export function seedingProgress(
  databaseName: string,
  now: () => number = Date.now,
): (database: LinkDatabase | undefined) => string {
  let first: { readonly at: number; readonly percent: number } | undefined;
  let last = 0;
  let attempt = 1;
  return (database) => {
    if (!database) return `waiting for Azure to begin the link of ${databaseName}`;
    const percent = percentOf(database.seedingProgress);
    if (percent === undefined) return `${databaseName}: ${inWords(database)}`;
    const at = now();
    if (percent < last) attempt += 1;
    if (!first || percent < last) first = { at, percent };
    last = percent;
    const perMinute = ((percent - first.percent) * 60_000) / Math.max(1, at - first.at);
    const again = attempt === 1 ? "" : ` from the start again, attempt ${attempt}`;
    const copied = `${databaseName}: copying to the managed instance${again}, ${percent}%`;
    if (!(perMinute > 0)) return copied;
    return `${copied}, about ${round(perMinute)}% per minute, ${duration((100 - percent) / perMinute)} left`;
  };
}

/** "30%", as the service writes it. */
export function percentOf(text: string | undefined): number | undefined {
  const percent = Number.parseFloat(text ?? "");
  return percent >= 0 && percent <= 100 ? percent : undefined;
}

const round = (value: number): string => (value >= 10 ? value.toFixed(0) : value.toPrecision(2));

function duration(minutes: number): string {
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return `${Math.ceil(minutes)} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}
