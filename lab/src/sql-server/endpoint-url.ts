import type { Instance } from "./model";
import { supportsInstancePrimary } from "./versions";

const address = String.raw`tcp://(?:\[[0-9a-f:.]+\]|[^\s:/;[\]]+):(\d{1,5})`;
const endpointForm = new RegExp(`^${address}$`, "i");
/** The Azure Connect Pack added this form, which names the instance behind the address. */
const managedInstanceForm = new RegExp(`^${address};Server=\\[[^\\]]+\\](?:;Database=\\[[^\\]]+\\])?$`, "i");

/** `TCP://host:port` of a replica's database mirroring endpoint. */
export function isEndpointUrl(url: string): boolean {
  return hasPort(endpointForm.exec(url));
}

/** A URL of another group's listener; it may have `;Server=[..]` and `;Database=[..]` only where the build knows them. */
export function isListenerUrl(
  url: string,
  { supportsManagedInstanceLink, version, kind }: Pick<Instance, "supportsManagedInstanceLink" | "version" | "kind">,
): boolean {
  if (isEndpointUrl(url)) return true;
  if (!supportsManagedInstanceLink || !isManagedInstanceUrl(url)) return false;
  return seededDatabase(url) === undefined || kind === "managedInstance" || supportsInstancePrimary(version);
}

/** The database in `;Database=[..]`: the managed instance, as the first primary, seeds it to this side. */
export function seededDatabase(url: string): string | undefined {
  return /;Database=\[([^\]]+)\]$/i.exec(url)?.[1];
}

export function isManagedInstanceUrl(url: string): boolean {
  return hasPort(managedInstanceForm.exec(url));
}

function hasPort(match: RegExpExecArray | null): boolean {
  const port = Number(match?.[1] ?? 0);
  return port >= 1 && port <= 65535;
}
