import type { Advice } from "./catalogue";

/** Why an instance was not reached, or did not let us in: the login's numbers, and the driver's and Node's codes. */
export const connectionCodes: Readonly<Record<number | string, Advice>> = {
  18456: {
    cause: "wrong user or password, a disabled login, or SQL Server authentication is off.",
    remedy:
      "check sqlServer.user and the password (pulumi config set --secret ...); the server's error log has the true state of 18456.",
  },
  4060: { cause: "the login may not open the database.", remedy: "use a login that is a member of sysadmin." },
  ECONNREFUSED: {
    cause: "nothing listens there: SQL Server is stopped, listens on another port, or has TCP/IP disabled.",
    remedy: "check host and port with: sqlcmd -S tcp:<host>,<port>",
  },
  ENOTFOUND: {
    cause: "the host name does not resolve on this machine.",
    remedy: "check sqlServer.host with: nslookup <host>",
  },
  EAI_AGAIN: { cause: "the name server did not answer.", remedy: "check the network, then run pulumi up again." },
  ETIMEOUT: {
    cause: "no answer: a firewall on the way, or a wrong address.",
    remedy: "check that this machine reaches host and port: Test-NetConnection <host> -Port <port>",
  },
  ETIMEDOUT: {
    cause: "no answer: a firewall on the way, or a wrong address.",
    remedy: "check that this machine reaches host and port: Test-NetConnection <host> -Port <port>",
  },
  EHOSTUNREACH: {
    cause: "no way to that address from this machine.",
    remedy: "check sqlServer.host and the network: ping <host>",
  },
  ENETUNREACH: {
    cause: "no way to that network from this machine.",
    remedy: "check sqlServer.host and the network: ping <host>",
  },
  ESOCKET: {
    cause: "the connection broke before SQL Server answered.",
    remedy: "check host and port with: sqlcmd -S tcp:<host>,<port>",
  },
  ECONNRESET: {
    cause: "the connection was closed from the other side.",
    remedy: "check that the port is SQL Server's, then run pulumi up again.",
  },
  ENOENT: {
    cause: "there is no such file.",
    remedy: "check sqlServer.caFile: the path of a PEM file on this machine.",
  },
  EACCES: {
    cause: "this account may not read the file, or may not connect.",
    remedy: "check sqlServer.caFile: a PEM file that can be read.",
  },
  ETLS: {
    cause: "the server's TLS certificate is not trusted here, or it does not offer the encryption that was asked for.",
    remedy:
      "set sqlServer.caFile to the CA that issued the server's certificate, or, on a network you trust, sqlServer.trustServerCertificate: true.",
  },
};
