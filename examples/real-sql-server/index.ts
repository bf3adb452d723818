/** SQL Server's half of a link, without Azure: master key, certificate, endpoint, database, availability group. */
import { Config } from "@pulumi/pulumi";
import {
  AvailabilityGroup,
  FullRecoveryDatabase,
  MasterKey,
  MirroringEndpoint,
  type SqlServerArgs,
  SqlServerCertificate,
} from "pulumi-mi-link";

const config = new Config();
const databaseName = config.require("database");
const sqlServer: SqlServerArgs = {
  host: config.require("sqlServerHost"),
  port: config.getNumber("sqlServerPort"),
  user: config.require("sqlServerUser"),
  credential: "env:SQL_SERVER_PASSWORD",
  caFile: config.get("sqlServerCaFile"),
  trustServerCertificate: config.getBoolean("trustServerCertificate"), // of the container, on this machine
};

const masterKey = new MasterKey("master-key", { sqlServer, credential: "env:MASTER_KEY_PASSWORD" });
const certificate = new SqlServerCertificate("certificate", { sqlServer }, { dependsOn: masterKey });
const endpoint = new MirroringEndpoint("endpoint", { sqlServer, certificateName: certificate.certificateName });
const database = new FullRecoveryDatabase("database", { sqlServer, databaseName });
const group = new AvailabilityGroup(
  "group",
  {
    sqlServer,
    groupName: `AG_${databaseName}`,
    databaseName: database.databaseName,
    endpointUrl: `TCP://${sqlServer.host}:5022`,
  },
  { dependsOn: endpoint },
);

export const groupId = group.id;
