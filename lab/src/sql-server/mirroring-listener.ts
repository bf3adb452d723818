import { createServer, type Socket, type Server as TcpServer } from "node:net";
import type { Clock } from "../network";
import { formatMessage } from "../tsql/messages";
import { writeErrorLog } from "./error-log";
import type { Instance } from "./model";

/** The TCP socket of the database mirroring endpoint. */
export interface MirroringListener {
  /** Listens, moves or stops, as the endpoint now says. The statement succeeds even if the port is taken: the log has 9692. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

export function createMirroringListener(instance: Instance, clock: Clock): MirroringListener {
  let current: { readonly tcp: TcpServer; readonly host: string; readonly port: number } | undefined;
  const connections = new Set<Socket>();

  async function stop(): Promise<void> {
    const stopping = current;
    current = undefined;
    if (!stopping) return;
    for (const connection of connections) connection.destroy();
    await new Promise<void>((resolve) => stopping.tcp.close(() => resolve()));
  }

  async function move(): Promise<void> {
    const endpoint = instance.mirroringEndpoint;
    const host = endpoint?.ip ?? instance.address;
    if (endpoint?.state === "STARTED" && current?.host === host && current.port === endpoint.port) return;
    await stop();
    if (!endpoint) return;
    endpoint.isListening = false;
    if (endpoint.state !== "STARTED") return;
    const tcp = createServer((socket) => {
      connections.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => connections.delete(socket));
    });
    endpoint.isListening = await listens(tcp, host, endpoint.port);
    if (endpoint.isListening) current = { tcp, host, port: endpoint.port };
    else writeErrorLog(instance, clock.now(), formatMessage(9692, "Database Mirroring", endpoint.port).text);
  }

  /** Changes wait for the one before: two sessions may alter the endpoint at the same time. */
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    last = last.then(work, work);
    return last;
  };
  return { follow: () => inTurn(move), close: () => inTurn(stop) };
}

function listens(tcp: TcpServer, host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    tcp.once("error", () => resolve(false));
    tcp.listen({ host, port }, () => resolve(true));
  });
}
