import { connect, isIPv6 } from "node:net";
import type { Instance } from "../sql-server/model";

/** A database mirroring address: `TCP://host:port`, of a managed instance followed by `;Server=[name]`. */
export interface EndpointAddress {
  readonly host: string;
  readonly port: number;
  readonly server?: string;
}

const form = /^tcp:\/\/(\[[0-9a-f:.]+\]|[^\s:/;[\]]+):(\d{1,5})(?:;Server=\[([^\]]+)\])?(?:;Database=\[[^\]]+\])?$/i;

const parsed = new Map<string, EndpointAddress | undefined>();
const mostParsed = 10_000;

/** Addresses are remembered once they are read: every look at a link asks for the same few. */
export function parseEndpointAddress(url: string): EndpointAddress | undefined {
  if (parsed.has(url)) return parsed.get(url);
  const address = parse(url);
  if (parsed.size >= mostParsed) parsed.clear();
  parsed.set(url, address);
  return address;
}

function parse(url: string): EndpointAddress | undefined {
  const [, host = "", digits, server] = form.exec(url.trim()) ?? [];
  const port = Number(digits);
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (bare === "" || (bare !== host.toLowerCase() && !isIPv6(bare)) || port < 1 || port > 65535) return undefined;
  return { host: sameForm(bare), port, server };
}

/** An IPv6 address can be written in many ways; this brings them to one. */
export function sameForm(address: string): string {
  const url = isIPv6(address) ? URL.parse(`tcp://[${address}]`) : null;
  return url ? url.hostname.slice(1, -1) : address;
}

export function sameAddress(one: EndpointAddress | undefined, other: EndpointAddress | undefined): boolean {
  return one !== undefined && other !== undefined && one.host === other.host && one.port === other.port;
}

/** Stands for a name service: it finds an instance by its address or by its name. */
export function instanceAt({ host, port }: EndpointAddress, instances: readonly Instance[]): Instance | undefined {
  const named = instances.filter(({ address, name, fqdn }) =>
    [address, name, fqdn].some((known) => known?.toLowerCase() === host),
  );
  return named.find(({ mirroringEndpoint }) => mirroringEndpoint?.port === port) ?? named[0];
}

/** Whether something accepts a TCP connection there. */
export function answers(host: string, port: number, milliseconds = 1000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: milliseconds });
    const settle = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket
      .once("connect", () => settle(true))
      .once("error", () => settle(false))
      .once("timeout", () => settle(false));
  });
}
