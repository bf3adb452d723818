import type { Advice } from "./advice";

const build: Advice = {
  cause: "this build of SQL Server does not know links to managed instances, or they are turned off.",
  remedy:
    "install the update that the link's feature overview names for the version (SELECT @@VERSION), restart SQL Server, then run pulumi up again.",
};
const failingOver: Advice = {
  cause: "a failover of the link is under way.",
  remedy: "wait until it has ended (mi-link status --watch), then run pulumi up again.",
};
const behind: Advice = {
  cause: "the other side is too far behind for a planned failover: the network, or redo on the secondary, is too slow.",
  remedy: "stop the writes, wait until queue and lag are at nothing (mi-link status --watch), then fail over again.",
};

/** Numbers that SQL Server raises only where the other side is a managed instance. */
export const linkNumbers: Readonly<Record<number, Advice>> = {
  35102: build,
  35103: build,
  35104: build,
  41965: {
    cause: "the side has the role already that it was to get.",
    remedy: "run pulumi refresh, then pulumi up.",
  },
  41969: {
    cause: "the role was not changed, and the service does not say why.",
    remedy:
      "try again in some minutes; where it stays so, open a support request with the activity id of the operation.",
  },
  41970: {
    cause:
      "the managed instance cannot become primary in a planned way: its update policy or SQL Server's version does not allow it.",
    remedy:
      "use SQL Server 2022 or later with an instance of the same policy (az sql mi show -g <group> -n <instance> --query databaseFormat), or cut over by deleting the link.",
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
    remedy:
      "mend what the message before it names (EXEC sp_readerrorlog 0, 1, N'availability' has more), then run pulumi up again.",
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
  47512: failingOver,
  47513: failingOver,
  47514: behind,
  47515: behind,
  47516: behind,
  47517: {
    cause: "this kind of failover starts on the primary side.",
    remedy: "run it there: mi-link status shows the roles.",
  },
  47519: {
    cause: "the local group has no database.",
    remedy: "ALTER AVAILABILITY GROUP [<group>] ADD DATABASE [<database>], or pulumi refresh and pulumi up.",
  },
  47520: {
    cause: "the database is replicated by a link.",
    remedy:
      "take the link out of the program and run pulumi up first (SELECT name FROM sys.availability_groups WHERE is_distributed = 1 names it); while it is there the database stays in its group.",
  },
  47522: {
    cause: "the database was taken out of the group that its link stands on: it is no longer replicated.",
    remedy: "run pulumi refresh, then pulumi up, which adds it again.",
  },
};
