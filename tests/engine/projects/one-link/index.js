const pulumi = require("@pulumi/pulumi");
const mi = require("pulumi-mi-link");

const config = new pulumi.Config();

/** What a test changes: of a link, under the names of the components' arguments. */
const given = {
  managedInstanceId: config.require("managedInstanceId"),
  databaseName: config.require("database"),
  port: 5022,
  ...JSON.parse(config.get("change") ?? "{}"),
};
const { managedInstanceId, databaseName, port, databaseOnDelete, withoutLink } = given;
const sqlServer = {
  host: config.require("sqlServerHost"),
  user: config.require("sqlServerUser"),
  credential: "env:SQL_SERVER_PASSWORD",
  caFile: config.get("sqlServerCaFile"),
};
const masterKeyCredential = "env:MASTER_KEY_PASSWORD";

const { address, adopt, linkName, groupName, instanceGroupName, failoverMode } = given;
const pairing = new mi.InstancePairing("pairing", {
  sqlServer,
  managedInstanceId,
  masterKeyCredential,
  address,
  port: port ?? undefined,
  adopt,
});
if (!withoutLink)
  new mi.ManagedInstanceLink("link", {
    pairing,
    databaseName,
    linkName,
    groupName,
    instanceGroupName,
    failoverMode,
    databaseOnDelete,
  });
