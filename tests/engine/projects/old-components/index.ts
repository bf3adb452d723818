/** Both components with every argument that 2e193ed had: it stays as it is, see tests/fixtures/states/README.md. */
import { Config } from "@pulumi/pulumi";
import { InstancePairing, ManagedInstanceLink } from "pulumi-mi-link";

const config = new Config();

const pairing = new InstancePairing("pairing", {
  sqlServer: {
    host: config.require("sqlServerHost"),
    port: 1433,
    user: config.require("sqlServerUser"),
    credential: "env:SQL_SERVER_PASSWORD",
    authentication: "SqlPassword",
    encrypt: "mandatory",
    trustServerCertificate: false,
    caFile: config.require("sqlServerCaFile"),
  },
  managedInstanceId: config.require("managedInstanceId"),
  masterKeyPassword: config.requireSecret("masterKeyPassword"),
  address: "sqlserver1",
  port: 5023,
  certificateExpiry: "2037-06-30",
});

new ManagedInstanceLink("first", {
  pairing,
  databaseName: "db1",
  linkName: "First link",
  groupName: "First group",
  instanceGroupName: "First group of the instance",
  backupDisk: "/var/opt/mssql/data/first.bak",
  databaseOnDelete: "Keep",
  seedingTimeoutMinutes: 90,
});

// Nothing but what is required.
new ManagedInstanceLink("second", { pairing, databaseName: "db2" });
