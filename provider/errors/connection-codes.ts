import type { Advice } from "./advice";

/** Why an instance was not reached, or did not let us in: the login's numbers, and the driver's and Node's codes. */
export const connectionCodes: Readonly<Record<number | string, Advice>> = {
  18456: {
    cause: "wrong user or password, a disabled login, or SQL Server authentication is off.",
    remedy:
      "check sqlServer.user and what sqlServer.credential or password refers to; the server's error log has the true state of 18456.",
  },
  EntraRefused: {
    cause:
      "the principal has no login on this server, or a disabled one; or the server takes no tokens of its tenant: that needs SQL Server 2022 or later, connected to Azure (Azure Arc, or on an Azure VM), with an Entra admin.",
    remedy:
      "run as an administrator: CREATE LOGIN [<name of the principal>] FROM EXTERNAL PROVIDER; ALTER SERVER ROLE sysadmin ADD MEMBER [<name of the principal>]; the server's error log has the true state of 18456; to set it up: https://learn.microsoft.com/sql/relational-databases/security/authentication-access/azure-ad-authentication-sql-server-overview",
  },
  EntraExpired: {
    cause: "the token has expired, or the clock of this machine is wrong.",
    remedy:
      "put a new one where sqlServer.credential refers to: az account get-access-token --resource https://database.windows.net/ --query accessToken -o tsv; or use EntraDefault, EntraServicePrincipal or EntraManagedIdentity, which get a new one for each connection.",
  },
  18452: {
    cause: "the login comes from a Windows domain that the server does not trust, or it takes Windows logins only.",
    remedy: 'use a SQL login; or authentication: "Ntlm" with user DOMAIN\\user of a domain that the server trusts.',
  },
  18470: {
    cause: "the login is disabled.",
    remedy: "run as an administrator: ALTER LOGIN [<login>] ENABLE",
  },
  18486: {
    cause: "the login is locked: too many wrong passwords.",
    remedy:
      "mend the password that is given here first, or it locks again; then run as an administrator: ALTER LOGIN [<login>] WITH PASSWORD = '<password>' UNLOCK",
  },
  18487: {
    cause: "the password of the login has expired.",
    remedy:
      "change it: ALTER LOGIN [<login>] WITH PASSWORD = '<new password>' OLD_PASSWORD = '<password>'; then give the new one here.",
  },
  18488: {
    cause: "the password of the login must be changed before its first use.",
    remedy: "sign in once with another client (sqlcmd, SSMS), which asks for a new password; then give that one here.",
  },
  18461: {
    cause: "the server is in single-user mode, and somebody else has the one session.",
    remedy: "wait until it is started normally again, then run pulumi up again.",
  },
  17142: {
    cause: "the server is paused, and takes no new logins.",
    remedy: "continue the service (SQL Server Configuration Manager), then run pulumi up again.",
  },
  18401: {
    cause: "the server is starting and upgrades its databases.",
    remedy: "see its error log; run pulumi up again when it is ready.",
  },
  6005: { cause: "the server is shutting down.", remedy: "run pulumi up again when it is back." },
  17809: {
    cause: "the server has as many connections as it allows (user connections).",
    remedy: "see them: SELECT * FROM sys.dm_exec_sessions; run pulumi up again with --parallel 2.",
  },
  4064: {
    cause: "the default database of the login cannot be opened.",
    remedy: "run as an administrator: ALTER LOGIN [<login>] WITH DEFAULT_DATABASE = [master]",
  },
  ELOGIN: {
    cause: "SQL Server refused the login.",
    remedy: "see its error log, which says why: EXEC sp_readerrorlog 0, 1, N'Login'",
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
  TlsUntrusted: {
    cause: "the server's TLS certificate is not trusted here.",
    remedy:
      "set sqlServer.caFile to the CA that issued the server's certificate, or, on a network you trust, sqlServer.trustServerCertificate: true.",
  },
  TlsOutOfDate: {
    cause: "the server's TLS certificate has expired or is not valid yet, or the clock of this machine is wrong.",
    remedy:
      "check the clock; give SQL Server a new certificate (SQL Server Configuration Manager; Linux: mssql-conf set network.tlscert).",
  },
  TlsOtherName: {
    cause:
      "the server is trusted, but its TLS certificate is for other names than sqlServer.host; the line above lists them.",
    remedy:
      "give as sqlServer.host one of the names in the certificate, or have a certificate made that holds this one; on a network you trust: sqlServer.trustServerCertificate: true.",
  },
  TlsNotSpoken: {
    cause: "what answers there does not offer the encryption that was asked for, or is not SQL Server.",
    remedy:
      'check that host and port are SQL Server\'s: sqlcmd -S tcp:<host>,<port>; sqlServer.encrypt: "strict" takes SQL Server 2022 or later, "optional" only one that does not force encryption.',
  },
};
