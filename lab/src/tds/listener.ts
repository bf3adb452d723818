import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { serveConnection } from "./connection";
import type { TdsBackend } from "./contract";
import { type TlsIdentity, tlsContexts } from "./tls";

export interface ListenOptions {
  readonly backend: TdsBackend;
  readonly host: string;
  /** The port; 0 is any free one. */
  readonly port: number;
  readonly tls: TlsIdentity;
  /** The time after which a client that has not logged in is hung up on (17830). @default 60 seconds */
  readonly loginTimeoutMilliseconds?: number;
}

export interface TdsListener {
  readonly host: string;
  readonly port: number;
  /** Stops listening and ends the open connections. */
  close(): Promise<void>;
}

/** SQL Server's TCP endpoint. Rejects where the address is taken. */
export async function listen(options: ListenOptions): Promise<TdsListener> {
  const { backend, host, port, tls, loginTimeoutMilliseconds = 60_000 } = options;
  const contexts = tlsContexts(tls);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serveConnection(socket, backend, contexts, loginTimeoutMilliseconds);
  });
  server.listen(port, host);
  await once(server, "listening");
  // An error is of one client that cannot be accepted (too many open files); the listener goes on.
  server.on("error", () => {});
  const address = server.address();
  return {
    host,
    port: typeof address === "object" && address !== null ? address.port : port,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}
