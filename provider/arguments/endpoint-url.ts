import { isIPv6 } from "node:net";
import type { Property } from "./property";

const endpointForm = /^tcp:\/\/(\[[^\]]*\]|[^\s:/;[\]@]+):(\d+)$/i;

/** What is wrong with `TCP://host:port`, in words that end the sentence "<name> ..."; SQL Server would answer 35232. */
export function endpointUrlProblem(url: string): string | undefined {
  const [, host = "", port = ""] = endpointForm.exec(url) ?? [];
  if (isHost(host) && Number(port) >= 1 && Number(port) <= 65535) return undefined;
  return `must look like TCP://host:port, where host is a DNS name, an IPv4 address or an IPv6 address in brackets, and port 1 to 65535; it is ${JSON.stringify(url)}`;
}

function isHost(host: string): boolean {
  if (host.startsWith("[")) return isIPv6(host.slice(1, -1));
  return /^[a-z0-9._-]+$/i.test(host) && host.length <= 253;
}

/** `TCP://<address>:<port>`. An IPv6 address stands in brackets in a URL, whether or not it was given with them. */
export function endpointUrlOf(address: string, port: number): string {
  const bare = address.replace(/^\[(.*)\]$/, "$1");
  return `TCP://${isIPv6(bare) ? `[${bare}]` : address}:${port}`;
}

/** A DNS name of several labels, as the host name of a managed instance is. */
export function hostNameProblem(name: string): string | undefined {
  const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  if (name.length <= 253 && new RegExp(`^${label}(?:\\.${label})+$`, "i").test(name)) return undefined;
  return `must be a whole host name, as mi1.<zone>.database.windows.net; it is ${JSON.stringify(name)}`;
}

/** `TCP://host:port` of a database mirroring endpoint. Letter case means nothing in it. */
export const endpointUrlProperty: Property<string> = {
  type: "string",
  required: true,
  onChange: "update",
  check: endpointUrlProblem,
  same: sameUrl,
};

/** DNS knows no letter case. */
export const sameHost = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export function sameUrl(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/**
 * The URL that the program declared last. A look at the server overwrites the recorded URL with the one that it finds, so
 * the declared one is kept beside it while the two differ: it tells a change of the program from a change by hand.
 */
export function declaredUrl(recorded: string, declared: string | undefined, found: string): string | undefined {
  const last = declared ?? recorded;
  return sameUrl(last, found) ? undefined : last;
}

/** Where a distributed group finds a managed instance; the port of its side is always 5022 (feature overview, "Network"). */
export const managedInstanceUrl = (fqdn: string, name: string): string => `tcp://${fqdn}:5022;Server=[${name}]`;
