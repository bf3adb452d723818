import { isIPv6 } from "node:net";

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const oneLabel = new RegExp(`^${label}$`, "i");
const labels = new RegExp(`^${label}(?:\\.${label})+$`, "i");

/** One label of a DNS name, as the short name of a managed instance is. */
export const isLabel = (name: string): boolean => oneLabel.test(name);

/** A DNS name of several labels, as the host name of a managed instance is. */
export function hostNameProblem(name: string): string | undefined {
  if (name.length <= 253 && labels.test(name)) return undefined;
  return `must be a whole host name, as mi1.<zone>.database.windows.net; it is ${JSON.stringify(name)}`;
}

/** What a managed instance is called within its network: `mi1` of `mi1.<zone>.database.windows.net`. */
export const firstLabel = (fqdn: string): string => fqdn.split(".", 1)[0] ?? "";

/** DNS knows no letter case. */
export const sameHost = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** An IPv6 address may be given as a URL has it. */
export function withoutBrackets(host: string): string {
  const inside = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  return isIPv6(inside) ? inside : host;
}

/** An IPv6 address stands in brackets where a port follows, whether or not it was given with them. */
export function withBrackets(host: string): string {
  const address = withoutBrackets(host);
  return isIPv6(address) ? `[${address}]` : host;
}
