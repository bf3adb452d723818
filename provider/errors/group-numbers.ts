import type { Advice } from "./advice";
import { existing } from "./existing";

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
const alwaysOn: Advice = {
  cause: "Always On availability groups are not enabled on this instance.",
  remedy:
    "in PowerShell on that machine: Enable-SqlAlwaysOn -ServerInstance . -Force (Linux: mssql-conf set hadr.hadrenabled 1, then restart)",
};
const cluster: Advice = {
  cause:
    "the Windows failover cluster of this machine is down, or SQL Server may not use it (SQL Server 2016 needs one).",
  remedy:
    "start it: Start-ClusterNode; give SQL Server its rights: GRANT ALTER ANY AVAILABILITY GROUP TO [NT AUTHORITY\\SYSTEM]; GRANT CONNECT SQL TO [NT AUTHORITY\\SYSTEM]; GRANT VIEW SERVER STATE TO [NT AUTHORITY\\SYSTEM]; then run pulumi up again.",
};
const systemDatabase: Advice = {
  cause: "a link replicates user databases only.",
  remedy: "give the name of a user database.",
};
const takenBack: Advice = {
  cause: "the group could not be made, and what was begun was taken back.",
  remedy:
    "mend what the message before it names (EXEC sp_readerrorlog 0, 1, N'availability' has more), then run pulumi up again.",
};
const notTakenBack: Advice = {
  cause: "the group could not be made or joined, and what was begun is still there.",
  remedy: "run pulumi up again, which goes on with it, or says what stands in the way.",
};
const noGroup: Advice = {
  cause: "there is no such availability group.",
  remedy:
    "run pulumi refresh, then pulumi up, which makes what is gone (SELECT name, is_distributed FROM sys.availability_groups shows what is there).",
};
const busy: Advice = {
  cause: "the group is being made, changed or dropped by somebody else.",
  remedy: "wait a moment, then run pulumi refresh and pulumi up.",
};
const notPrimary: Advice = {
  cause: "this instance is not the group's primary replica now.",
  remedy:
    "run it on the one that is, or fail back first: ALTER AVAILABILITY GROUP [<group>] FAILOVER, on the side that is to be primary (SELECT role_desc FROM sys.dm_hadr_availability_replica_states shows the role).",
};
const replicas: Advice = {
  cause: "the group's replicas are not as the statement expects: one is named twice, missing, or there already.",
  remedy: `run pulumi refresh, then pulumi up. Compare: ${members}`,
};
const cannotFailOver: Advice = {
  cause: "the databases are not synchronized, so that a planned failover would lose data.",
  remedy:
    "make the link synchronous and wait until it says SYNCHRONIZED: ALTER AVAILABILITY GROUP [<link>] MODIFY AVAILABILITY GROUP ON N'<local group>' WITH (AVAILABILITY_MODE = SYNCHRONOUS_COMMIT); then fail over again.",
};
const seeding: Advice = {
  cause: "the copy of the database was broken off by the network or a restart; it begins again by itself.",
  remedy: "wait and watch it: mi-link status --watch. It goes on without you while both sides reach each other.",
};
const notForLinks = (what: string, remedy: string): Advice => ({ cause: `${what}.`, remedy });

/** About availability groups and distributed ones. */
export const groupNumbers: Readonly<Record<number, Advice>> = {
  19494: seeding,
  19495: {
    cause: "the copy of the database failed for good; the message says why.",
    remedy:
      "mend that; then on SQL Server: ALTER AVAILABILITY GROUP [<link>] MODIFY AVAILABILITY GROUP ON N'<instance group>' WITH (SEEDING_MODE = AUTOMATIC), which begins it anew.",
  },
  19496: seeding,
  19499: {
    cause:
      "the listener URL is malformed, or this build does not know `;Server=[...]` in it (the Azure Connect pack is missing).",
    remedy:
      "correct localUrl and managedInstanceFqdn; install the pack where the build lacks it (2016: KB5014242, 2017: KB5050533; SELECT @@VERSION), restart SQL Server, then run pulumi up again.",
  },
  19501: {
    cause: "the local availability group is not there.",
    remedy:
      "correct localGroupName (SELECT name FROM sys.availability_groups WHERE is_distributed = 0), or run pulumi refresh and pulumi up, which makes the group again.",
  },
  19502: isThere,
  19503: {
    cause: "the local group is the secondary of another distributed group already.",
    remedy: "give each link an availability group of its own: another groupName.",
  },
  19504: {
    cause: "a planned failover of a distributed group takes SQL Server 2022 (update 13) or later.",
    remedy:
      "install the update; or cut over: stop the writes, wait until all is replicated, then delete the link (the guide on cutting over says how).",
  },
  19506: {
    cause: "the group may not create databases, which automatic seeding does.",
    remedy: "ALTER AVAILABILITY GROUP [<group>] GRANT CREATE ANY DATABASE; then run pulumi up again.",
  },
  19507: existing({
    because: "another distributed group stands on the same two groups.",
    look: members,
    instead: "give other groups",
  }),
  19508: noGroup,
  19509: isThere,
  19510: noGroup,
  19511: {
    cause: "a group that joins as secondary must not have databases.",
    remedy: "give the secondary side a group of its own without databases.",
  },
  19512: {
    cause: "the group of that name is no distributed one.",
    remedy:
      "give another linkName: a group of that name is there (SELECT name, is_distributed FROM sys.availability_groups).",
  },
  19513: { cause: "the local group is a basic one.", remedy: "make it without the option BASIC." },
  35200: {
    cause: "a basic availability group holds one database.",
    remedy: "make a group of its own for each database: another groupName.",
  },
  35209: replicas,
  35211: notForLinks(
    "a replica that commits asynchronously cannot fail over by itself",
    "leave failoverMode at Manual, or make the replication synchronous first.",
  ),
  35214: notForLinks(
    "the session timeout is too short",
    "give SESSION_TIMEOUT of 10 seconds or more, or leave it out.",
  ),
  35215: notForLinks(
    "a replica on a failover cluster instance cannot fail over by itself",
    "leave failoverMode at Manual.",
  ),
  35220: cluster,
  35221: alwaysOn,
  35222: cluster,
  35224: cluster,
  35230: {
    cause: "the name of the computer is not valid in a group.",
    remedy:
      "compare SELECT @@SERVERNAME with the machine's name, and set it right: EXEC sp_dropserver, EXEC sp_addserver '<name>', 'local', then restart SQL Server.",
  },
  35231: {
    cause: "the name of the SQL Server instance is not valid in a group.",
    remedy:
      "compare SELECT @@SERVERNAME with the instance's name, and set it right: EXEC sp_dropserver, EXEC sp_addserver '<name>', 'local', then restart SQL Server.",
  },
  35232: {
    cause: "the endpoint URL is malformed.",
    remedy: "give TCP://host:port, with an IPv6 address in brackets.",
  },
  35234: replicas,
  35235: replicas,
  35236: { cause: "a replica has no endpoint URL.", remedy: "give endpointUrl: TCP://host:port." },
  35237: {
    cause: "@@SERVERNAME is not the name that the instance goes by; the machine was renamed.",
    remedy:
      "compare SELECT @@SERVERNAME, SERVERPROPERTY('ServerName'); give the server its name, then restart SQL Server: EXEC sp_dropserver '<the old name>'; EXEC sp_addserver '<the new name>', 'local'",
  },
  35238: {
    cause: "there is no database of that name on this SQL Server.",
    remedy: "correct databaseName (SELECT name FROM sys.databases lists what is there), or restore the database first.",
  },
  35244: inOtherGroup,
  35249: systemDatabase,
  35251: notPrimary,
  35259: inOtherGroup,
  35261: systemDatabase,
  35277: notForLinks("a distributed group never fails over by itself", "leave failoverMode at Manual."),
  35280: {
    cause: "the database is in the group already.",
    remedy: "run pulumi refresh, then pulumi up.",
  },
  35281: {
    cause: "the database is not in the group.",
    remedy: "run pulumi refresh, then pulumi up, which adds it again.",
  },
  35282: replicas,
  35283: replicas,
  35284: replicas,
  41042: {
    cause: "the name is not valid for an availability group, or belongs to a group of the Windows cluster.",
    remedy: "give another groupName.",
  },
  41100: noGroup,
  41106: isThere,
  41114: isThere,
  41131: {
    cause: "the group did not come online in time.",
    remedy:
      "run pulumi up again, which goes on with it; where it stays so: EXEC sp_readerrorlog 0, 1, N'availability' says why.",
  },
  41140: notPrimary,
  41142: cannotFailOver,
  41148: {
    cause: "the database is not on this side yet.",
    remedy: "wait until it is copied (mi-link status), then run pulumi up again.",
  },
  41152: takenBack,
  41153: notTakenBack,
  41156: busy,
  41158: takenBack,
  41159: notTakenBack,
  41171: isThere,
  41178: busy,
  41186: busy,
  41187: busy,
  41190: notPrimary,
  41191: {
    cause: "the last primary runs a later version than this one.",
    remedy: "fail over to a side of that version or later only, or install the later version here.",
  },
  41196: isThere,
  41199: {
    cause: "this edition of SQL Server has no availability groups of that kind.",
    remedy: "use Standard, Enterprise or Developer (SELECT SERVERPROPERTY('Edition')).",
  },
  47100: notForLinks(
    "the cluster type is not that of the group's other replicas",
    "leave clusterType as the group has it (SELECT name, cluster_type_desc FROM sys.availability_groups).",
  ),
  47101: notForLinks("this cluster type takes the failover mode MANUAL only", "leave failoverMode at Manual."),
  47105: alwaysOn,
  47106: {
    cause: "the other side did not answer in time with the group's configuration.",
    remedy: "open TCP 5022 both ways and 11000-11999 towards the instance's subnet, then run pulumi up again.",
  },
  47115: notForLinks("the option is not for a group of the Windows cluster", "leave it out."),
  47122: notForLinks(
    "a group without a cluster fails over by force only",
    "fail the distributed group of the link over, not the local one.",
  ),
  47129: {
    cause: "a contained availability group cannot be part of a link.",
    remedy: "make a group without the option CONTAINED for the database.",
  },
  47152: {
    cause: "the group has too many databases for its cluster type.",
    remedy: "give each link an availability group of its own.",
  },
};
