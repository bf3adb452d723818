import { managedInstanceIn } from "../arguments/endpoint-url";
import { type Certificate, keyObstacles } from "../sql-server/catalog/certificates";
import type { Endpoint } from "../sql-server/catalog/endpoint";
import { hasAes, listensAt, partsOf, stateObstacles } from "../sql-server/catalog/endpoint";
import { masterKeyObstacles } from "../sql-server/catalog/master-key";
import {
  buildObstacles,
  hadrObstacles,
  type Instance,
  nameObstacles,
  releaseObstacles,
  rightObstacles,
} from "../sql-server/instance";
import { azureRoots } from "../sql-server/roots/azure-roots";
import { rootObstacles, rootsOf } from "../sql-server/roots/roots";
import { type Statement, sql } from "../sql-server/tsql";
import type { Finding, Step } from "./finding";
import type { ServerRow, SqlServerFacts } from "./sql-server-facts";
import { both, failed, hindered, onSqlServer, passed, type Told, tested, unhindered, warning, words } from "./told";

/** The SQL Server itself: what links need of it, whatever database and instance they are for. */
export function serverChecks(facts: SqlServerFacts): Finding[] {
  const { instance: itself, label: subject, settings, procedures, traceFlags } = facts;
  const { masterKey, certificates, isMultiDatabase } = facts;
  const isLinux = "value" in settings && settings.value?.separator === "/";
  return [
    tested("version", subject, itself, (i) =>
      unhindered(releaseObstacles(i), `${i.version.name} can take part in a link.`),
    ),
    tested("update", subject, both(itself, procedures), ([i, present]) => updateTold(i, present)),
    tested("edition", subject, settings, editionTold),
    tested("rights", subject, itself, (i) =>
      unhindered(rightObstacles(i), `The login ${i.login} is a member of sysadmin.`),
    ),
    tested("server-name", subject, itself, (i) =>
      unhindered(nameObstacles(i), `@@SERVERNAME is the name of the machine, ${i.name}.`),
    ),
    tested("always-on", subject, itself, (i) => alwaysOnTold(i, isLinux)),
    ...startFlags.map(({ flag, without }) =>
      tested(`trace-flag-${flag}`, subject, traceFlags, (on) =>
        on.has(flag)
          ? passed(`The trace flag ${flag} is on.`)
          : warning(
              `The trace flag ${flag} is off: ${without}.`,
              onSqlServer(sql`DBCC TRACEON (${sql.int(flag)}, -1)`),
              atStart(flag, isLinux),
            ),
      ),
    ),
    tested("trace-flag-12381", subject, traceFlags, (on) =>
      on.has(12381)
        ? warning(
            "The trace flag 12381 is on, so no log is truncated: it is for the time of seeding only.",
            onSqlServer(sql`DBCC TRACEOFF (12381, -1)`),
          )
        : passed("The trace flag 12381, which keeps logs from being truncated, is off."),
    ),
    tested("link-mode", subject, isMultiDatabase, (isOn) =>
      isOn ? multiDatabaseTold(facts) : passed("Links of this instance have one database each."),
    ),
    tested("master-key", subject, masterKey, (key) =>
      key
        ? unhindered(masterKeyObstacles(key), "The database master key of master opens by itself.")
        : passed("There is no database master key in master: the first up makes it, with masterKeyPassword."),
    ),
    tested("trusted-roots", subject, certificates, (present) =>
      unhindered(
        rootObstacles(rootsOf(azureRoots), present),
        "No other certificate has the name of a root that Azure's certificates come from.",
      ),
    ),
    ...endpointChecks(facts, subject),
  ];
}

/** The mode is changed only while there is no link: with one, the outcome is unpredictable. */
function multiDatabaseTold({ groups }: SqlServerFacts): Told {
  const links = "value" in groups ? groups.value.filter(({ url }) => managedInstanceIn(url ?? "")) : undefined;
  const names = [...new Set(links?.map(({ name }) => name))];
  return failed(
    "Links of this instance have several databases (sp_multidb_milink), and links of one database cannot be beside them.",
    names.length === 0 && links
      ? onSqlServer(sql`EXEC sys.sp_multidb_milink 0`)
      : words(
          `Link from another instance of SQL Server. The mode stays as it is while a link exists, with which the outcome of a change is unpredictable: ${names.join(", ") || "the groups there could not be read"}.`,
        ),
  );
}

/** By what the build can do: its number alone tells only what is documented. */
function updateTold(instance: Instance, present: ReadonlySet<string>): Told {
  const { name, update = "an update of a release that has links" } = instance.version;
  const build = `${name}, build ${instance.productVersion},`;
  const missing = ["sp_certificate_add_issuer", "sp_get_endpoint_certificate"].filter((each) => !present.has(each));
  const install = words(`Install ${update} or a later one, and restart SQL Server.`);
  if (missing.length > 0)
    return failed(`${build} lacks ${missing.join(" and ")}, without which no link can be set up.`, install);
  const [tooOld] = buildObstacles(instance);
  return tooOld ? failed(`${tooOld.problem}.`, install) : passed(`${build} has the procedures of links.`);
}

/** EditionID of the Web edition, whose EngineEdition is that of Standard (SERVERPROPERTY). */
const web = 1_293_598_313;

/** Of EngineEdition, 2 is Standard and Web, 3 Enterprise, Developer and Evaluation, and 4 Express. */
function editionTold(row: ServerRow | undefined): Told {
  const { edition = "an unknown edition", engineEdition, editionId } = row ?? {};
  const isPossible = engineEdition === 3 || (engineEdition === 2 && editionId !== web);
  return isPossible
    ? passed(`${edition} can take part in a link.`)
    : failed(
        `${edition} can take part in no link.`,
        words(
          "Move the databases to an instance of the Enterprise, Developer or Standard edition, or change its edition.",
        ),
      );
}

function alwaysOnTold(instance: Instance, isLinux: boolean): Told {
  const [obstacle] = hadrObstacles(instance);
  if (!obstacle) return passed("Always On availability groups are enabled.");
  const steps: Step[] = isLinux
    ? [
        { how: "shell", text: "sudo /opt/mssql/bin/mssql-conf set hadr.hadrenabled 1" },
        { how: "shell", text: "sudo systemctl restart mssql-server" },
      ]
    : [{ how: "powershell", text: `Enable-SqlAlwaysOn -ServerInstance ${quoted(instance.name)} -Force` }];
  return { ...hindered(obstacle), remedy: steps };
}

/** Recommended at start-up (preparation page). */
const startFlags = [
  { flag: 1800, without: "copying is slow where the disks of the two sides have sectors of different sizes" },
  { flag: 9567, without: "the first copy of a database goes over the network without compression" },
] as const;

/** So that it is on after a restart too. */
const atStart = (flag: number, isLinux: boolean): Step =>
  isLinux
    ? { how: "shell", text: `sudo /opt/mssql/bin/mssql-conf traceflag ${flag} on` }
    : words(`Add -T${flag} to the start-up parameters in SQL Server Configuration Manager.`);

/** For PowerShell, which takes a text between single quotes as it is. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The one mirroring endpoint, which all links share. */
function endpointChecks({ endpoint, listeners, certificates }: SqlServerFacts, server: string): Finding[] {
  if ("why" in endpoint || !endpoint.value)
    return [
      tested("endpoint", server, endpoint, () =>
        passed("There is no mirroring endpoint: the first up makes it, with certificates and AES."),
      ),
    ];
  const { value } = endpoint;
  const subject = `the mirroring endpoint ${value.name} of ${server}`;
  const itself = { value };
  return [
    tested("endpoint", subject, itself, ({ port }) =>
      passed(`It is there, on port ${port}: where this stack did not make it, adopt takes it over.`),
    ),
    tested("endpoint-state", subject, itself, (found) => unhindered(stateObstacles(found), "It is started.")),
    tested("endpoint-listener", subject, both(itself, listeners), ([found, all]) =>
      found.state !== "STARTED" || listensAt(found.port, all)
        ? passed(`Nothing else has its port ${found.port}.`)
        : failed(
            `It is started, and does not listen on its port ${found.port}: another process has it.`,
            words(
              `Find the process on that machine: netstat -ano | findstr :${found.port} (Linux: ss -ltnp). Stop it, or give the endpoint another port.`,
            ),
            onSqlServer(sql`ALTER ENDPOINT ${sql.identifier(found.name)} STATE = STARTED`),
          ),
    ),
    tested("endpoint-role", subject, itself, (found) =>
      found.role === "ALL"
        ? passed("Its role is ALL.")
        : failed(`Its role is ${found.role}, and a link needs ALL.`, onSqlServer(altered(found, sql`ROLE = ALL`))),
    ),
    tested("endpoint-encryption", subject, itself, (found) =>
      hasAes(found)
        ? passed("It encrypts by AES.")
        : failed(
            `It does not encrypt by AES, which a link needs: ${found.algorithm ?? "no encryption"}.`,
            onSqlServer(
              altered(
                found,
                // Partners of today that do not encrypt, or by RC4 only, go on as they do.
                sql`ENCRYPTION = ${isRequired(found) ? sql`REQUIRED` : sql`SUPPORTED`} ALGORITHM ${partsOf(found.algorithm).includes("RC4") ? sql`AES RC4` : sql`AES`}`,
              ),
            ),
          ),
    ),
    tested("endpoint-authentication", subject, itself, authenticationTold),
    tested("endpoint-certificate", subject, certificates, (all) =>
      certificateTold(
        value,
        all.find(({ name }) => name === value.certificateName),
      ),
    ),
  ];
}

const isRequired = ({ isEncrypted, algorithm }: Endpoint): boolean =>
  isEncrypted && !partsOf(algorithm).includes("NONE");

const altered = ({ name }: Endpoint, clause: Statement): Statement =>
  sql`ALTER ENDPOINT ${sql.identifier(name)} FOR DATABASE_MIRRORING (${clause})`;

function authenticationTold({ authentication, certificateName }: Endpoint): Told {
  if (partsOf(authentication).includes("CERTIFICATE"))
    return passed(`It takes certificates: it shows ${certificateName}.`);
  return warning(
    `It takes no certificates, only ${authentication}: a link needs them.`,
    words("With adopt, up adds the certificate, and keeps Windows authentication for the partners of today."),
  );
}

function certificateTold({ name }: Endpoint, certificate: Certificate | undefined): Told {
  if (!certificate) return passed("It shows no certificate yet.");
  const [obstacle] = keyObstacles(certificate);
  if (obstacle) return hindered(obstacle);
  const { expiryDate, validity } = certificate;
  const sentence = `Its certificate ${certificate.name} ${validity === "Expired" ? "ended" : "ends"} on ${expiryDate} (UTC)`;
  const renew = words(
    `Where a stack made it, give a new certificateExpiry and run pulumi up. Otherwise make a new certificate, give it to all partners of the endpoint ${name}, and then to the endpoint.`,
  );
  if (validity === "Expired") return failed(`${sentence}: nobody connects with it any more.`, renew);
  return validity === "ExpiresSoon" ? warning(`${sentence}.`, renew) : passed(`${sentence}.`);
}
