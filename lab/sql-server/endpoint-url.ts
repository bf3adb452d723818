const address = String.raw`tcp://(?:\[[0-9a-f:.]+\]|[^\s:/;[\]]+):(\d{1,5})`;
const endpointForm = new RegExp(`^${address}$`, "i");
/** What the Azure Connect Pack added: which instance behind the address is meant. */
const managedInstanceForm = new RegExp(`^${address};Server=\\[[^\\]]+\\](?:;Database=\\[[^\\]]+\\])?$`, "i");

/** `TCP://host:port` of a replica's database mirroring endpoint. */
export function isEndpointUrl(url: string): boolean {
  return hasPort(endpointForm.exec(url));
}

/** A listener of another availability group; `;Server=[..]` only where the build knows links. */
export function isListenerUrl(url: string, supportsManagedInstanceLink: boolean): boolean {
  return isEndpointUrl(url) || (supportsManagedInstanceLink && isManagedInstanceUrl(url));
}

export function isManagedInstanceUrl(url: string): boolean {
  return hasPort(managedInstanceForm.exec(url));
}

function hasPort(match: RegExpExecArray | null): boolean {
  const port = Number(match?.[1] ?? 0);
  return port >= 1 && port <= 65535;
}
