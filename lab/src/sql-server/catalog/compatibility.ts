import { seesDefinitions } from "../permissions";
import { loginSid } from "./certificates";
import { compatibilityLevels } from "./databases";
import { declareView } from "./declare";
import { userObjects } from "./user-objects";

/** The tables of SQL Server 2000, which stay as views and which old scripts still read ("Compatibility views"). */
export const oldDatabases = declareView(
  `name sysname, dbid smallint, sid varbinary(85), mode smallint, status int, status2 int, crdate datetime NOT NULL,
  reserved datetime, category int, cmptlevel tinyint NOT NULL, filename nvarchar(260), version smallint`,
  ({ instance }) =>
    [...instance.databases.values()].map(({ name, id, created, compatibilityLevel, recoveryModel }) => ({
      name,
      dbid: id,
      sid: Buffer.from([1]),
      mode: 0,
      status: recoveryModel === "SIMPLE" ? 65544 : 65536,
      status2: 1627389952,
      crdate: created,
      reserved: new Date("1900-01-01T00:00:00Z"),
      category: 0,
      cmptlevel: compatibilityLevel ?? compatibilityLevels[instance.majorVersion],
      filename: `/var/opt/mssql/data/${name}.mdf`,
      version: 0,
    })),
);

export const oldLogins = declareView(
  `sid varbinary(85), status smallint, createdate datetime NOT NULL, updatedate datetime NOT NULL, accdate datetime NOT NULL,
  totcpu int, totio int, spacelimit int, timelimit int, resultlimit int, name sysname NOT NULL, dbname sysname,
  password sysname, language sysname, denylogin int, hasaccess int, isntname int, isntgroup int, isntuser int,
  sysadmin int, securityadmin int, serveradmin int, setupadmin int, processadmin int, diskadmin int, dbcreator int,
  bulkadmin int, loginname sysname NOT NULL`,
  (server, session) =>
    [...server.instance.logins.values()]
      .filter(({ name }) => seesDefinitions(server, session) || name === session.login)
      .map(({ name, principalId, created, roles, isWindows, isDisabled }) => ({
        sid: loginSid(name, principalId),
        status: 9,
        createdate: created,
        updatedate: created,
        accdate: created,
        totcpu: 0,
        totio: 0,
        name,
        dbname: "master",
        language: "us_english",
        denylogin: 0,
        hasaccess: Number(!isDisabled),
        isntname: Number(isWindows ?? false),
        isntgroup: 0,
        isntuser: Number(isWindows ?? false),
        ...Object.fromEntries(
          [
            "sysadmin",
            "securityadmin",
            "serveradmin",
            "setupadmin",
            "processadmin",
            "diskadmin",
            "dbcreator",
            "bulkadmin",
          ].map((role) => [role, Number(roles.has(role))]),
        ),
        loginname: name,
      })),
);

export const oldObjects = declareView(
  `name sysname NOT NULL, id int NOT NULL, xtype char(2) NOT NULL, uid smallint, info smallint, status int,
  base_schema_ver int, replinfo int, parent_obj int NOT NULL, crdate datetime NOT NULL, ftcatid smallint, schema_ver int,
  stats_schema_ver int, type char(2), userstat smallint, sysstat smallint, indexdel smallint, refdate datetime NOT NULL,
  version int, deltrig int, instrig int, updtrig int, seltrig int, category int, cache smallint`,
  (server, session) =>
    userObjects(server, session).map(({ id, name, schemaId, parentId, type, created }) => ({
      name,
      id,
      xtype: type[0].padEnd(2),
      uid: schemaId,
      info: 0,
      status: 0,
      parent_obj: parentId,
      crdate: created,
      type: type[0] === "PK" || type[0] === "UQ" ? "K " : type[0].padEnd(2),
      refdate: created,
    })),
);

/** Of the 34 languages of the server the one that the lab speaks. */
export const languages = declareView(
  `langid smallint NOT NULL, dateformat nchar(3) NOT NULL, datefirst tinyint NOT NULL, upgrade int,
  name sysname NOT NULL, alias sysname NOT NULL, months nvarchar(372), shortmonths nvarchar(132), days nvarchar(217),
  lcid int NOT NULL, msglangid smallint NOT NULL`,
  () => [
    {
      langid: 0,
      dateformat: "mdy",
      datefirst: 7,
      upgrade: 0,
      name: "us_english",
      alias: "English",
      months: "January,February,March,April,May,June,July,August,September,October,November,December",
      shortmonths: "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec",
      days: "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday",
      lcid: 1033,
      msglangid: 1033,
    },
  ],
);
