import { managedInstanceIn } from "../arguments/endpoint-url";
import { sameHost } from "../arguments/host";
import { sameInAzure, shellWord } from "../arguments/managed-instance-id";
import { sameName, sharedNameProblem } from "../arguments/names";
import { type Database, databaseObstacles, logChainObstacles } from "../sql-server/catalog/databases";
import type { Obstacle } from "../sql-server/obstacle";
import { lookAt } from "../sql-server/outcome";
import { sql } from "../sql-server/tsql";
import type { AzureFacts } from "./azure-facts";
import type { Finding } from "./finding";
import { complete, type LinkNames } from "./link-names";
import type { EncryptionRow, FileRow, GroupRow, OptionRow, SqlServerFacts } from "./sql-server-facts";
import {
  azureCli,
  both,
  failed,
  type Known,
  mapped,
  onSqlServer,
  passed,
  type Told,
  tested,
  unhindered,
  unknown,
  warning,
  words,
} from "./told";

/** One database, and the names that its link is to have. `adopt`: parts of that very link are taken over. */
export function databaseChecks(
  link: LinkNames,
  server: SqlServerFacts,
  azure: AzureFacts | undefined,
  adopt = false,
): Finding[] {
  const names = complete(link);
  const subject = `the database ${names.databaseName}`;
  const same = sameDatabaseOn(server);
  const found = mapped(server.databases, (all) => all.find(({ name }) => same(name, names.databaseName)));
  if ("why" in found || !found.value)
    return [
      tested("database", subject, found, () =>
        failed(
          `There is no database of that name on ${server.label}, or this login does not see it.`,
          words("Name one of those that are there: SELECT name FROM sys.databases."),
        ),
      ),
    ];
  const { value: database } = found;
  const linked =
    "value" in server.groups ? linkOf(groupOf(database.name, server), server.groups.value, azure) : undefined;
  if (linked !== undefined)
    return [tested("database", subject, { value: linked }, (name) => passed(`It is linked already, over ${name}.`))];
  return [
    tested("database", subject, found, () => passed("It is there, and not linked yet.")),
    ...stateChecks(database, subject),
    ...contentChecks(database, subject, server, azure),
    ...nameChecks(names, subject, server, azure, adopt),
  ];
}

/** The distributed group that leads from the database to the managed instance, or to any where none is given. */
function linkOf(
  local: string | undefined,
  groups: readonly GroupRow[],
  azure: AzureFacts | undefined,
): string | undefined {
  const fqdn =
    azure && "value" in azure.instance ? azure.instance.value?.properties.fullyQualifiedDomainName : undefined;
  const members = groups.filter(
    ({ isDistributed, replicaName }) => isDistributed && local !== undefined && sameName(replicaName ?? "", local),
  );
  const theirs = groups.find(({ name, url }) => {
    const there = managedInstanceIn(url ?? "");
    return (
      there && members.some((member) => member.name === name) && (fqdn === undefined || sameHost(there.fqdn, fqdn))
    );
  });
  return theirs?.name;
}

/** Under a case-sensitive collation, db1 and DB1 are two databases. */
const sameDatabaseOn = ({ settings }: SqlServerFacts): typeof sameName =>
  "value" in settings && /_CS(?:_|$)|_BIN/i.test(settings.value?.collation ?? "") ? (a, b) => a === b : sameName;

function groupOf(databaseName: string, server: SqlServerFacts): string | undefined {
  const { groups } = server;
  const same = sameDatabaseOn(server);
  if ("why" in groups) return undefined;
  return groups.value.find((row) => !row.isDistributed && same(row.databaseName ?? "", databaseName))?.name;
}

/** What a group needs of the database. */
function stateChecks(database: Database, subject: string): Finding[] {
  const obstacles = databaseObstacles(database);
  const by = (code: Obstacle["code"]) => obstacles.filter((obstacle) => obstacle.code === code);
  const itself = { value: database };
  return [
    tested("database-state", subject, itself, () => unhindered(by(1467), "It is online.")),
    tested("read-only", subject, itself, () => unhindered(by(1466), "It can be written to.")),
    tested("auto-close", subject, itself, () => unhindered(by(1469), "It does not close by itself.")),
    tested("log-chain", subject, itself, () => {
      const missing = logChainObstacles(database);
      return missing.length === 0
        ? passed("Its recovery model is FULL, and a full backup has begun its log chain.")
        : warning(
            `A link needs a log chain: ${missing.map(({ problem }) => problem).join("; ")}. FullRecoveryDatabase, and so ManagedInstanceLink, sees to it.`,
            ...missing.flatMap(({ statements = [] }) => statements).map(onSqlServer),
          );
    }),
  ];
}

/** What a link does not take along, or takes with care. */
function contentChecks(
  { name }: Database,
  subject: string,
  server: SqlServerFacts,
  azure: AzureFacts | undefined,
): Finding[] {
  const of = <Row>(known: Known<readonly Row[]>, nameOf: (row: Row) => string): Known<readonly Row[]> =>
    mapped(known, (all) => all.filter((row) => nameOf(row) === name));
  const options = mapped(
    of(server.options, (row) => row.name),
    ([row]) => row,
  );
  const files = of(server.files, (row) => row.databaseName);
  const storage = azure && mapped(azure.instance, (body) => body?.properties.storageSizeInGB);
  return [
    tested("user-access", subject, options, (row) =>
      row?.user_access_desc === "SINGLE_USER"
        ? failed(
            "It is in single-user mode (1488).",
            onSqlServer(sql`ALTER DATABASE ${sql.identifier(name)} SET MULTI_USER`),
          )
        : passed("It is open to more than one user."),
    ),
    tested(
      "encryption",
      subject,
      of(server.encrypted, (row) => row.name),
      ([key]) => encryptionTold(key),
    ),
    tested("log-files", subject, files, (all) => logFilesTold(name, all)),
    tested(
      "filegroups",
      subject,
      both(
        files,
        of(server.filegroups, (row) => row.databaseName),
      ),
      ([all, groups]) => filegroupsTold(all, new Set(groups.map(({ type }) => type)), azure),
    ),
    ...(storage
      ? [tested("database-size", subject, both(files, storage), ([all, gigabytes]) => sizeTold(all, gigabytes, azure))]
      : []),
    tested("accelerated-recovery", subject, options, (row) =>
      row?.is_accelerated_database_recovery_on === false
        ? warning(
            "Accelerated database recovery is off, and cannot be turned on later on the managed instance.",
            onSqlServer(sql`ALTER DATABASE ${sql.identifier(name)} SET ACCELERATED_DATABASE_RECOVERY = ON`),
          )
        : passed("Nothing about its recovery is lost."),
    ),
    tested("replication", subject, options, replicationTold),
  ];
}

function encryptionTold(key: EncryptionRow | undefined): Told {
  if (!key) return passed("It is not encrypted by TDE.");
  if (key.certificateName === null)
    return warning(
      "It is encrypted by TDE, with a key that is no certificate of master: the managed instance needs the same key, which cannot be seen from outside.",
      words("Give the instance that key, from the vault where it is, as its TDE protector."),
    );
  const certificate = sql.identifier(key.certificateName);
  return warning(
    `It is encrypted by TDE with the certificate ${key.certificateName}, which the managed instance needs before the link. What it has cannot be seen from outside.`,
    onSqlServer(
      sql`BACKUP CERTIFICATE ${certificate} TO FILE = N'<path>.cer' WITH PRIVATE KEY (FILE = N'<path>.pvk', ENCRYPTION BY PASSWORD = N'<a password>')`,
    ),
    words(
      "Make a .pfx of both files (pvk2pfx), and upload it: Add-AzSqlManagedInstanceTransparentDataEncryptionCertificate.",
    ),
  );
}

function logFilesTold(name: string, files: readonly FileRow[]): Told {
  const [, ...more] = files.filter(({ type }) => type === 1);
  return more.length === 0
    ? passed("It has one log file.")
    : failed(
        `It has ${more.length + 1} log files, and a link takes one.`,
        ...more.map((file) =>
          onSqlServer(sql`ALTER DATABASE ${sql.identifier(name)} REMOVE FILE ${sql.identifier(file.name)}`),
        ),
      );
}

/** Feature overview, "Limitations": no FILESTREAM, In-Memory OLTP on Business Critical only, and with one container. */
function filegroupsTold(files: readonly FileRow[], types: ReadonlySet<string>, azure: AzureFacts | undefined): Told {
  if (types.has("FD"))
    return failed(
      "It has FILESTREAM data or FileTables, which no link takes.",
      words("Move that data into tables or out of the database, and remove the filegroup."),
    );
  if (!types.has("FX")) return passed("It has no FILESTREAM and no In-Memory OLTP.");
  const containers = files.filter(({ type }) => type === 2).length;
  if (containers > 1)
    return failed(
      `Its In-Memory OLTP data is in ${containers} containers, and a link takes one.`,
      words("Remove all but one of them."),
    );
  const tier = azure && "value" in azure.instance ? azure.instance.value?.sku?.tier : undefined;
  if (tier === undefined)
    return warning("It has In-Memory OLTP data, which only instances of the tier Business Critical take.");
  return tier.toLowerCase() === "businesscritical"
    ? warning(
        "It has In-Memory OLTP data: the managed instance needs memory for all of it.",
        words(
          "Compare SELECT SUM(memory_allocated_for_table_kb) FROM sys.dm_db_xtp_table_memory_stats with the limit of the instance's size.",
        ),
      )
    : failed(
        `It has In-Memory OLTP data, and the managed instance is of the tier ${tier}, which does not take it.`,
        words("Link to an instance of the tier Business Critical, or make the tables ordinary ones."),
      );
}

function sizeTold(files: readonly FileRow[], gigabytes: number | undefined, azure: AzureFacts | undefined): Told {
  const size = files.reduce((sum, { bytes }) => sum + Number(bytes), 0) / 2 ** 30;
  const shown = `${size < 10 ? size.toFixed(1) : Math.round(size)} GB`;
  if (gigabytes === undefined)
    return unknown(`It has ${shown}, and Azure does not say how much storage the instance has.`);
  if (size <= gigabytes) return passed(`It has ${shown}.`);
  const wanted = Math.ceil((size * 1.1) / 32) * 32;
  return failed(
    `It has ${shown}, and the storage of the managed instance is ${gigabytes} GB.`,
    ...(azure ? [azureCli(`az sql mi update --ids ${shellWord(azure.id)} --storage ${wanted}GB`)] : []),
  );
}

function replicationTold(row: OptionRow | undefined): Told {
  const found = [
    ...(row?.is_published || row?.is_merge_published ? ["it is published for replication"] : []),
    ...(row?.is_cdc_enabled ? ["change data capture is on"] : []),
  ];
  return found.length === 0
    ? passed("It takes part in no replication, and captures no changes.")
    : warning(
        `Of ${row?.name} a link does not take along how it is set up: ${found.join("; ")}.`,
        words("Set it up anew on the managed instance after a cut-over."),
      );
}

/** Names that the link is to have, on both sides. */
function nameChecks(
  names: Required<LinkNames>,
  subject: string,
  server: SqlServerFacts,
  azure: AzureFacts | undefined,
  adopt: boolean,
): Finding[] {
  const { groups } = server;
  const { databaseName, linkName, groupName } = names;
  const itself = { value: names };
  const group = (name: string, argument: string, isOurs: (row: GroupRow) => boolean) => (all: readonly GroupRow[]) => {
    const there = all.filter((row) => sameName(row.name, name));
    return there.length > 0
      ? (adopt && there.some(isOurs) ? warning : failed)(
          `There is an availability group ${name} on SQL Server already.`,
          words(`Give another ${argument}; or adopt takes it over, where it is of this database. See what it is:`),
          onSqlServer({ text: lookAt.group(name) }),
        )
      : passed(`The name ${name} is free on SQL Server.`);
  };
  const same = sameDatabaseOn(server);
  const hasDatabase = ({ databaseName: its }: GroupRow) => its === null || same(its, databaseName); // an empty one gets it
  const hasGroup = ({ replicaName }: GroupRow) => sameName(replicaName ?? "", groupName);
  return [
    tested("database-group", subject, groups, () => {
      const other = groupOf(databaseName, server);
      return other === undefined || sameName(other, groupName)
        ? passed("It is in no other availability group.")
        : failed(
            `It is in the availability group ${other} already, and can be in one only.`,
            words("Link another database; or take this one out of the group by hand, once nothing uses it there:"),
            onSqlServer({ text: lookAt.group(other) }),
          );
    }),
    tested("group-name", subject, groups, group(groupName, "groupName", hasDatabase)),
    tested("distributed-group-name", subject, groups, group(linkName, "linkName", hasGroup)),
    tested("names-in-azure", subject, itself, () => {
      const problems = [
        [databaseName, "the database has to be renamed"],
        [linkName, "give another linkName"],
      ].flatMap(([name = "", what = ""]) => {
        const problem = sharedNameProblem(name);
        return problem === undefined ? [] : [`The name ${name} ${problem}: ${what}`];
      });
      return problems.length === 0
        ? passed("Azure allows the names.")
        : failed(`${problems.join(". ")}.`, words("Names that both sides have must be allowed in Azure too."));
    }),
    ...(azure ? azureNameChecks(names, subject, azure, adopt) : []),
  ];
}

function azureNameChecks(
  { databaseName, linkName, instanceGroupName }: Required<LinkNames>,
  subject: string,
  { databases, links, name }: AzureFacts,
  adopt: boolean,
): Finding[] {
  const link = "value" in links ? links.value.find((each) => sameInAzure(each.name, linkName)) : undefined;
  const isOurs = link?.properties.databases?.some((each) => sameInAzure(each.databaseName ?? "", databaseName));
  // A database beside no link is never taken over.
  const taken = adopt && isOurs ? warning : failed;
  return [
    tested("database-on-instance", subject, databases, (all) => {
      const other = all.find((each) => sameInAzure(each.name, databaseName));
      return other
        ? taken(
            `The managed instance ${name} has a database ${other.name}, and a link never writes over one. It may be the copy of an earlier link.`,
            words(
              "Look at the data in it: it may hold what is nowhere else. Another name frees this one, and keeps it:",
            ),
            {
              how: "managed-instance",
              text: sql`ALTER DATABASE ${sql.identifier(other.name)} MODIFY NAME = ${sql.identifier(`${other.name}_kept`)}`
                .text,
            },
          )
        : passed(`The managed instance has no database ${databaseName}.`);
    }),
    tested("link-name", subject, links, (all) => {
      const other = all.find((each) => sameInAzure(each.name, linkName));
      return other
        ? taken(`The managed instance ${name} has a link ${other.name} already.`, words("Give another linkName."))
        : passed(`The managed instance has no link ${linkName}.`);
    }),
    tested("instance-group-name", subject, links, (all) => {
      const other = all.find(
        (each) =>
          sameInAzure(each.properties.instanceAvailabilityGroupName ?? "", instanceGroupName) &&
          !sameInAzure(each.name, linkName),
      );
      return other
        ? failed(
            `The link ${other.name} has the availability group ${instanceGroupName} on the managed instance ${name}, where each link needs its own.`,
            words("Give another instanceGroupName."),
          )
        : passed(`The managed instance has no group ${instanceGroupName}.`);
    }),
  ];
}
