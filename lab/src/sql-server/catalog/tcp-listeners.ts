import { bit, int, nvarchar } from "../../tsql/types";
import { requireServerState } from "../permissions";
import { type Coded, datetime, defineView } from "./view";

interface ListenerRow {
  readonly id: number;
  readonly port: number;
  readonly type: Coded;
  readonly started: Date;
}

/** sys.dm_tcp_listener_states: the ports that are really listened on. An endpoint whose port is taken (9692) has no row. */
export const tcpListenerStates = defineView<ListenerRow>(
  ({ required, coded }) => [
    required("listener_id", int, (row) => row.id),
    required("ip_address", nvarchar(48), "0.0.0.0"),
    required("is_ipv4", bit, 1),
    required("port", int, (row) => row.port),
    ...coded("type", (row) => row.type, nvarchar(20)),
    ...coded("state", () => [1, "ONLINE"], nvarchar(16)),
    required("start_time", datetime, (row) => row.started),
  ],
  (server, session) => {
    requireServerState(server, session);
    const { tdsPort, mirroringEndpoint: endpoint, databases } = server.instance;
    // tempdb is made anew at each start.
    const started = databases.get("tempdb")?.created ?? server.clock.now();
    const clients: ListenerRow = { id: 1, port: tdsPort, type: [0, "TSQL"], started };
    if (endpoint?.state !== "STARTED" || !endpoint.isListening) return [clients];
    return [clients, { id: 2, port: endpoint.port, type: [2, "DATABASE_MIRRORING"], started }];
  },
);
