import { isIPv6 } from "node:net";
import { withBrackets, withoutBrackets } from "./host";
import { isPort } from "./kinds";
import type { Property } from "./property";

const endpointForm = /^tcp:\/\/(\[[^\]]*\]|[^\s:/;[\]@]+):(\d+)$/i;

/** What is wrong with `TCP://host:port`, in words that end the sentence "<name> ..."; SQL Server would answer 35232. */
export function endpointUrlProblem(url: string): string | undefined {
  const [, host = "", port = ""] = endpointForm.exec(url) ?? [];
  if (isHost(host) && isPort(Number(port))) return undefined;
  return `must look like TCP://host:port, where host is a DNS name, an IPv4 address or an IPv6 address in brackets, and port 1 to 65535; it is ${JSON.stringify(url)}`;
}

function isHost(host: string): boolean {
  if (host.startsWith("[")) return isIPv6(host.slice(1, -1));
  return /^[a-z0-9._-]+$/i.test(host) && host.length <= 253;
}

/** The host in `TCP://host:port`, without brackets; the URL itself where it is none. */
export const hostIn = (url: string): string => withoutBrackets(endpointForm.exec(url)?.[1] ?? url);

export const endpointUrlOf = (address: string, port: number): string => `TCP://${withBrackets(address)}:${port}`;

/** `TCP://host:port` of a database mirroring endpoint. Letter case means nothing in it. */
export const endpointUrlProperty: Property<string> = {
  type: "string",
  required: true,
  onChange: "update",
  check: endpointUrlProblem,
  same: sameUrl,
};

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

/** What such a URL says; undefined of any other, as that of SQL Server's own side. */
export function managedInstanceIn(url: string): { readonly fqdn: string; readonly name?: string } | undefined {
  const [, fqdn, name] = /^tcp:\/\/([^:/;]+):\d+;Server=\[(.*)\]$/i.exec(url) ?? [];
  return fqdn === undefined ? undefined : { fqdn, name };
}
