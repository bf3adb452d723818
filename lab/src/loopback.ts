import { once } from "node:events";
import { createServer, isIPv6, type Server } from "node:net";

/** The address on which an instance listens for TDS; its mirroring endpoint listens on the same one. */
export interface TdsAddress {
  readonly host: string;
  readonly port: number;
}

/** Addresses of one lab: held until it listens on them itself, kept from other labs until it ends. */
export interface HeldAddresses {
  readonly sqlServers: readonly TdsAddress[];
  readonly managedInstances: readonly TdsAddress[];
  release(): Promise<void>;
  giveBack(): Promise<void>;
}

const tdsPort = 1433;
const lastNetwork = 254;
/** The lab that listens on this port of 127.0.n.1 has the network n. */
const claimPort = 14330;

/**
 * 127.0.n.11, .12 ... for SQL Servers and 127.0.n.101 ... for managed instances, on port 1433, with the first n where
 * all of them are free. Where only 127.0.0.1 can be bound (macOS): that address, with any free ports.
 */
export async function holdAddresses(sqlServers: number, managedInstances: number): Promise<HeldAddresses> {
  const claimed = await holdNetwork(sqlServers, managedInstances);
  return claimed ?? holdPorts("127.0.0.1", sqlServers, managedInstances);
}

async function holdNetwork(sqlServers: number, managedInstances: number): Promise<HeldAddresses | undefined> {
  for (let network = 0; network <= lastNetwork; network++) {
    const claim = await hold([{ host: `127.0.${network}.1`, port: claimPort }]);
    if (!claim.servers && claim.code === "EADDRINUSE") continue;
    const wanted = [...hosts(network, 11, sqlServers), ...hosts(network, 101, managedInstances)];
    const held = await hold(wanted.map((host) => ({ host, port: tdsPort })));
    if (held.servers && claim.servers) return split(held.servers, sqlServers, claim.servers);
    await Promise.all([...(claim.servers ?? []), ...(held.servers ?? [])].map(close));
    if (held.code !== "EADDRINUSE") break;
  }
  return undefined;
}

/** Holds any free ports of one address. */
export async function holdPorts(host: string, sqlServers: number, managedInstances: number): Promise<HeldAddresses> {
  const held = await hold(Array.from({ length: sqlServers + managedInstances }, () => ({ host, port: 0 })));
  if (!held.servers) throw new Error(`The lab cannot listen on ${host}: ${held.code}`);
  return split(held.servers, sqlServers, []);
}

/** Puts an IPv6 address in brackets, as a URL has it. */
export const inUrl = (host: string): string => (isIPv6(host) ? `[${host}]` : host);

function hosts(network: number, first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `127.0.${network}.${first + index}`);
}

async function hold(
  addresses: readonly TdsAddress[],
): Promise<{ readonly servers?: readonly Server[]; readonly code?: string }> {
  const results = await Promise.allSettled(addresses.map(bind));
  const servers = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const refusal = results.find((result) => result.status === "rejected");
  if (!refusal) return { servers };
  await Promise.all(servers.map(close));
  return {
    code:
      refusal.reason instanceof Error && "code" in refusal.reason
        ? String(refusal.reason.code)
        : String(refusal.reason),
  };
}

async function bind({ host, port }: TdsAddress): Promise<Server> {
  const server = createServer((socket) => socket.destroy()).listen({ host, port, exclusive: true });
  await once(server, "listening");
  return server;
}

function split(servers: readonly Server[], sqlServers: number, claim: readonly Server[]): HeldAddresses {
  const addresses = servers.map(addressOf);
  return {
    sqlServers: addresses.slice(0, sqlServers),
    managedInstances: addresses.slice(sqlServers),
    release: async () => {
      await Promise.all(servers.map(close));
    },
    giveBack: async () => {
      await Promise.all(claim.map(close));
    },
  };
}

function addressOf(server: Server): TdsAddress {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("a TCP server has an address and a port");
  return { host: address.address, port: address.port };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
