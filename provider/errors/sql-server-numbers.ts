import type { Advice } from "./advice";
import { existing } from "./existing";

/** For the error of the last connection that a link's group tried. */
const unreached: Advice = {
  cause:
    "the mirroring endpoint of this SQL Server is stopped, the link was deleted in Azure, the managed instance is stopped, or a firewall, a route or a name on the way to its port 5022 was changed.",
  remedy:
    "look at the instance in Azure; then on this SQL Server: Test-NetConnection <host name of the instance> -Port 5022",
};

/** Advice by SQL Server's error number (sys.messages), for what the statements of a link meet. */
export const sqlServerNumbers: Readonly<Record<number, Advice>> = {
  ...permissions(),
  208: {
    cause: "this build of SQL Server lacks a view that links need.",
    remedy: "see the build: SELECT @@VERSION; install the update that the link's feature overview names.",
  },
  911: { cause: "there is no database of that name.", remedy: "see what is there: SELECT name FROM sys.databases" },
  927: {
    cause: "the database is being restored.",
    remedy:
      "see what restores it (log shipping, mirroring, a restore under way); when that is over, run pulumi up again.",
  },
  1418: {
    cause:
      "the endpoint's address can't be reached: it is wrong, the endpoint is stopped, or a firewall is on the way.",
    remedy:
      "see the endpoint: SELECT name, state_desc FROM sys.database_mirroring_endpoints; then Test-NetConnection <host> -Port 5022",
  },
  1465: {
    cause: "the database is not in the recovery model FULL.",
    remedy: "use FullRecoveryDatabase for it, or: ALTER DATABASE [<name>] SET RECOVERY FULL, then back it up.",
  },
  1466: { cause: "the database is read-only.", remedy: "ALTER DATABASE [<name>] SET READ_WRITE" },
  1467: {
    cause: "the database is in emergency or suspect mode.",
    remedy: "see its state: SELECT name, state_desc FROM sys.databases; repair it first.",
  },
  1468: {
    cause: "the database is in an availability group or a mirroring session.",
    remedy:
      "see the group, and who uses it: SELECT * FROM sys.availability_databases_cluster; or link another database.",
  },
  1469: { cause: "the database closes automatically.", remedy: "ALTER DATABASE [<name>] SET AUTO_CLOSE OFF" },
  1474: {
    cause:
      "the two sides do not accept each other: a certificate has expired, is not known to the other, or was replaced.",
    remedy:
      "see what expired: SELECT name, expiry_date FROM sys.certificates; a new expiry (certificateExpiry of an InstancePairing) and pulumi up make a new one.",
  },
  1475: {
    cause: "there is no full backup that a log chain starts from; copy-only backups do not count.",
    remedy: "use FullRecoveryDatabase for it, or: BACKUP DATABASE [<name>] TO DISK = N'<path>' WITH CHECKSUM",
  },
  1488: { cause: "the database is in single-user mode.", remedy: "ALTER DATABASE [<name>] SET MULTI_USER" },
  2812: {
    cause: "sp_certificate_add_issuer is missing: the update or Azure Connect pack that links need is not installed.",
    remedy:
      "see the build: SELECT @@VERSION; install the pack (2016: KB5014242, 2017: KB5050533), restart SQL Server, then run pulumi up again.",
  },
  3013: {
    cause: "the backup failed; the message before it says why.",
    remedy: "see the error log: EXEC sp_readerrorlog; then run pulumi up again.",
  },
  3201: {
    cause: "SQL Server's service account cannot write the backup file: no such folder, no right, or no room.",
    remedy: "set backupDisk to a path that it can write; its own: SELECT SERVERPROPERTY('InstanceDefaultBackupPath')",
  },
  3211: { cause: "the backup is under way.", remedy: "wait for it, then run pulumi up again." },
  5011: {
    cause: "no such database, or no right to alter it.",
    remedy: "see what is there: SELECT name, state_desc FROM sys.databases",
  },
  7862: existing({
    because: "an instance can have only one endpoint of the type DATABASE_MIRRORING, and there is one.",
    look: "SELECT name FROM sys.database_mirroring_endpoints; SELECT endpoint_url FROM sys.availability_replicas",
  }),
  7874: {
    cause: "another endpoint of this instance has that port.",
    remedy: "see it: SELECT name, port FROM sys.tcp_endpoints; give another port.",
  },
  7890: {
    cause: "the port belongs to another process.",
    remedy: "find it on that machine: netstat -ano | findstr :5022 (Linux: ss -ltnp); give another port.",
  },
  9692: {
    cause: "another process of that machine, often another instance of SQL Server, has the port.",
    remedy:
      "find it on that machine: netstat -ano | findstr :<port> (Linux: ss -ltnp); give another port, or stop it and run pulumi up again.",
  },
  ...certificates(),
  ...groups(),
};

function permissions(): Readonly<Record<number, Advice>> {
  const missing = {
    cause: "the login lacks a right; the documented procedure needs sysadmin.",
    remedy: "run as an administrator: ALTER SERVER ROLE sysadmin ADD MEMBER [<login>]",
  };
  return { 229: missing, 262: missing, 297: missing, 300: missing, 15247: missing };
}

function certificates(): Readonly<Record<number, Advice>> {
  return {
    15116: {
      cause: "the password is too short for the server's policy.",
      remedy: "give a longer one, and keep it in a safe place.",
    },
    15118: {
      cause:
        "the password is not complex enough for the server's policy: it wants letters of both cases, digits and other characters.",
      remedy: "give another one, and keep it in a safe place.",
    },
    15151: {
      cause: "the object is not there (any more), or the login may not see it.",
      remedy: "run pulumi refresh, then pulumi up; for certificates: SELECT name FROM sys.certificates",
    },
    15187: {
      cause: "something still uses the certificate; mostly it is the mirroring endpoint.",
      remedy:
        "see it: SELECT e.name FROM sys.database_mirroring_endpoints e JOIN sys.certificates c ON c.certificate_id = e.certificate_id; give what uses it another certificate first, or keep this one.",
    },
    15208: {
      cause: "the certificate's file is not valid or not readable.",
      remedy: "check the path and the rights of SQL Server's service account.",
    },
    15212: { cause: "the subject of the certificate is empty or too long.", remedy: "give a shorter subject." },
    15232: existing({
      because: "a certificate of that name, or with that very key, is in master already.",
      look: "SELECT c.name, c.thumbprint, e.name AS endpoint FROM sys.certificates c LEFT JOIN sys.database_mirroring_endpoints e ON e.certificate_id = c.certificate_id",
    }),
    15297: {
      cause: "the key is damaged or not a certificate.",
      remedy: "give DER as hexadecimal, or PEM; check it with: openssl x509 -inform der -text",
    },
    15299: {
      cause: "the signature of the certificate is not right.",
      remedy: "take the certificate from its source again.",
    },
    15352: {
      cause: "something is signed or encrypted with the certificate.",
      remedy: "keep it, and let the state forget it: pulumi state delete <urn> (pulumi stack --show-urns)",
    },
    15563: {
      cause: "the certificate has no private key, so it cannot prove this server's identity.",
      remedy: "give a certificate made on this server: SqlServerCertificate.",
    },
    15578: {
      cause: "there is a master key already.",
      remedy: "run pulumi up again: an existing key is used as it is.",
    },
    15581: {
      cause:
        "master has no database master key, which encrypts the certificate's private key; or the server cannot open the key by itself, as the service master key does not encrypt it.",
      remedy:
        "declare a MasterKey and let the certificate depend on it: it makes the key, or says how to mend the one that is there.",
    },
  };
}

function groups(): Readonly<Record<number, Advice>> {
  const members =
    "SELECT g.name, g.is_distributed, r.replica_server_name, r.endpoint_url FROM sys.availability_groups g JOIN sys.availability_replicas r ON r.group_id = g.group_id";
  const isThere = existing({
    because: "a group of that name is there already.",
    look: members,
    instead: "give another groupName",
  });
  const inOtherGroup = existing({
    because: "the database is in another availability group, and can be in one only.",
    look: "SELECT g.name, d.database_name FROM sys.availability_groups g JOIN sys.availability_databases_cluster d ON d.group_id = g.group_id",
    instead: "link another database",
  });
  const alwaysOn = {
    cause: "Always On availability groups are not enabled on this instance.",
    remedy:
      "in PowerShell on that machine: Enable-SqlAlwaysOn -ServerInstance . -Force (Linux: mssql-conf set hadr.hadrenabled 1, then restart)",
  };
  const systemDatabase = {
    cause: "a link replicates user databases only.",
    remedy: "give the name of a user database.",
  };
  const seeErrorLog = {
    cause: "the group could not be made, and what was begun was taken back.",
    remedy: "see the error log: EXEC sp_readerrorlog; then run pulumi up again.",
  };
  const noGroup = {
    cause: "there is no such availability group.",
    remedy: "see what is there: SELECT name, is_distributed FROM sys.availability_groups; then pulumi refresh",
  };
  const busy = {
    cause: "the group is being made or dropped by somebody else.",
    remedy: "wait a moment, then run pulumi refresh and pulumi up.",
  };
  return {
    19499: {
      cause:
        "the listener URL is malformed, or this build does not know `;Server=[...]` in it (the Azure Connect pack is missing).",
      remedy: "check localUrl and managedInstanceFqdn; see the build: SELECT @@VERSION",
    },
    19501: {
      cause: "the local availability group is not there.",
      remedy: "check localGroupName: SELECT name FROM sys.availability_groups WHERE is_distributed = 0",
    },
    19502: isThere,
    19507: existing({
      because: "another distributed group stands on the same two groups.",
      look: members,
      instead: "give other groups",
    }),
    19508: noGroup,
    19509: isThere,
    19510: noGroup,
    19513: { cause: "the local group is a basic one.", remedy: "make it without the option BASIC." },
    35201: unreached,
    35206: unreached,
    35208: {
      cause: "the statement was not sent to master.",
      remedy: "report it: pulumi-mi-link sends group statements to master only.",
    },
    35220: alwaysOn,
    35221: alwaysOn,
    35232: {
      cause: "the endpoint URL is malformed.",
      remedy: "give TCP://host:port, with an IPv6 address in brackets.",
    },
    35237: {
      cause: "@@SERVERNAME is not the name that the instance goes by; the machine was renamed.",
      remedy:
        "compare SELECT @@SERVERNAME, SERVERPROPERTY('ServerName'); give the server its name, then restart SQL Server: EXEC sp_dropserver '<the old name>'; EXEC sp_addserver '<the new name>', 'local'",
    },
    35238: { cause: "there is no database of that name.", remedy: "see what is there: SELECT name FROM sys.databases" },
    35244: inOtherGroup,
    35249: systemDatabase,
    35250: {
      cause: "the endpoint is stopped or can't be reached.",
      remedy: "see it: SELECT name, state_desc FROM sys.database_mirroring_endpoints",
    },
    35259: inOtherGroup,
    35261: systemDatabase,
    41100: noGroup,
    41106: isThere,
    41114: isThere,
    41131: {
      cause: "the group did not come online in time.",
      remedy: "see the error log: EXEC sp_readerrorlog; then run pulumi up again.",
    },
    41140: {
      cause: "this instance is not the group's primary replica now.",
      remedy: "see the role: SELECT role_desc FROM sys.dm_hadr_availability_replica_states; fail back first.",
    },
    41152: seeErrorLog,
    41156: busy,
    41158: seeErrorLog,
    41178: busy,
    41186: busy,
    41187: busy,
    47105: alwaysOn,
    ...links(),
  };
}

/** Numbers that SQL Server raises only where the other side is a managed instance. */
function links(): Readonly<Record<number, Advice>> {
  return {
    35104: {
      cause: "this build of SQL Server does not know links to managed instances.",
      remedy: "see the build: SELECT @@VERSION; install the update that the link's feature overview names.",
    },
    47500: {
      cause: "seeding on the managed instance must be automatic.",
      remedy: "run pulumi up: the group is set right.",
    },
    47501: {
      cause: "a link begins asynchronously.",
      remedy: "leave availabilityMode out until the link is connected.",
    },
    47502: {
      cause: "the local group has more than one database; a link has exactly one.",
      remedy: "make a group of its own for the database of the link; the others stay in theirs.",
    },
    47503: {
      cause: "the group is part of a link, which has exactly one database.",
      remedy: "make another group and link for the other database.",
    },
    47504: {
      cause: "the link's group could not be made or altered.",
      remedy: "see the error log: EXEC sp_readerrorlog",
    },
    47505: {
      cause: "the instance has no mirroring endpoint, or the login may not see it.",
      remedy: "declare a MirroringEndpoint.",
    },
    47506: {
      cause: "the mirroring endpoint has no certificate.",
      remedy: "give the endpoint one: MirroringEndpoint.certificateName.",
    },
    47511: { cause: "the distributed group is not part of a link.", remedy: "make the link first: InstanceLink." },
    47519: {
      cause: "the local group has no database.",
      remedy: "ALTER AVAILABILITY GROUP [<group>] ADD DATABASE [<database>], or pulumi refresh and pulumi up.",
    },
    47520: {
      cause: "the database is replicated by a link.",
      remedy:
        "see the link: SELECT name FROM sys.availability_groups WHERE is_distributed = 1; what it replicates stays as it is while there is the link.",
    },
  };
}
