import type { Advice } from "./advice";
import { existing } from "./existing";

const start =
  "ALTER ENDPOINT [<endpoint>] STATE = STARTED (its name: SELECT name, state_desc FROM sys.database_mirroring_endpoints)";
const test = "Test-NetConnection <host> -Port <port>";

/** The partner is not reached. Source: the pages of 1418 and 35250, which name the same checks. */
const unreachable: Advice = {
  cause:
    "the other side's mirroring endpoint is not reached: it is stopped, its address or port is wrong, a firewall is on the way, or the login of the other side may not connect to it.",
  remedy: `on the side that is not reached: ${start}. Open its port both ways (5022, and 11000-11999 towards the instance), and test it from the other side: ${test}. Where the endpoint has an owner or login of its own: GRANT CONNECT ON ENDPOINT::[<endpoint>] TO [<login>]. Compare the address with SELECT endpoint_url FROM sys.availability_replicas; then run pulumi up again.`,
};
/** For the error of the last connection that a link's group tried. */
const lost: Advice = {
  cause:
    "the mirroring endpoint of this SQL Server is stopped, the link was deleted in Azure, the managed instance is stopped, or a firewall, a route or a name on the way to its port 5022 was changed.",
  remedy: `start what is stopped: ${start}; az sql mi start -g <group> --mi <instance>; then, on this SQL Server: Test-NetConnection <host name of the instance> -Port 5022, and open what is closed.`,
};
const handshake: Advice = {
  cause:
    "the two sides do not accept each other: a certificate has expired, is not known to the other, or was replaced; or their endpoints encrypt differently.",
  remedy:
    "run pulumi refresh, then pulumi up, which puts certificates and endpoint right. Where one has expired (SELECT name, expiry_date FROM sys.certificates): give a new expiry first (certificateExpiry of an InstancePairing).",
};
const ofAnotherKind: Advice = {
  cause: "the endpoint of that name is of another kind than DATABASE_MIRRORING over TCP.",
  remedy: "give another endpointName: that endpoint belongs to something else, and stays.",
};

/** About mirroring endpoints and their connections. */
export const endpointNumbers: Readonly<Record<number, Advice>> = {
  1418: unreachable,
  1474: handshake,
  1486: {
    cause: "the mirroring endpoint is stopped or disabled.",
    remedy: `${start}; then run pulumi up again.`,
  },
  7860: ofAnotherKind,
  7861: ofAnotherKind,
  7862: existing({
    because: "an instance can have only one endpoint of the type DATABASE_MIRRORING, and there is one.",
    look: "SELECT name FROM sys.database_mirroring_endpoints; SELECT endpoint_url FROM sys.availability_replicas",
  }),
  7869: { cause: "the name is reserved for SQL Server itself.", remedy: "give another endpointName." },
  7873: {
    cause: "the endpoint is built into SQL Server, and cannot be dropped.",
    remedy: "give another endpointName; that endpoint stays.",
  },
  7874: {
    cause: "another endpoint of this instance has that port.",
    remedy: "give another port (SELECT name, port FROM sys.tcp_endpoints names the ones that are taken).",
  },
  7890: {
    cause: "the port belongs to another process.",
    remedy:
      "give another port, or stop that process: netstat -ano | findstr :<port> on that machine names it (Linux: ss -ltnp).",
  },
  9692: {
    cause: "another process of that machine, often another instance of SQL Server, has the port.",
    remedy:
      "find it on that machine: netstat -ano | findstr :<port> (Linux: ss -ltnp); give another port, or stop it and run pulumi up again.",
  },
  15530: {
    cause: "an endpoint of that name is there, of another type.",
    remedy: "give another endpointName (SELECT name, type_desc FROM sys.endpoints names the ones that are taken).",
  },
  35201: lost,
  35202: { cause: "no failure: the replicas are connected.", remedy: "nothing is to be done." },
  35204: {
    cause: "the mirroring endpoint was stopped or disabled, so the replicas are not connected.",
    remedy: `${start}; then run pulumi up again.`,
  },
  35206: lost,
  35250: unreachable,
  35267: lost,
};
