const pulumi = require("@pulumi/pulumi");
const mi = require("pulumi-mi-link");

const config = new pulumi.Config();
const sqlServer = {
  host: config.require("sqlServerHost"),
  user: config.require("sqlServerUser"),
  credential: "env:SQL_SERVER_PASSWORD",
  caFile: config.get("sqlServerCaFile"),
};
const databaseName = config.require("database");
const managedInstanceId = config.require("managedInstanceId");
const endpointUrl = `TCP://${config.require("sqlServerHost")}:5022`;
const instanceGroupName = `AG_${databaseName}_MI`;

const database = new mi.FullRecoveryDatabase("database", { sqlServer, databaseName });
const group = new mi.AvailabilityGroup(
  "group",
  { sqlServer, groupName: `AG_${databaseName}`, databaseName, endpointUrl },
  { dependsOn: database },
);
const distributedGroup = new mi.DistributedAvailabilityGroup("distributed-group", {
  sqlServer,
  groupName: `DAG_${databaseName}`,
  localGroupName: group.groupName,
  localUrl: endpointUrl,
  managedInstanceGroupName: instanceGroupName,
  managedInstanceFqdn: config.require("managedInstanceFqdn"),
});
new mi.InstanceLink("link", {
  managedInstanceId,
  linkName: distributedGroup.groupName,
  databaseName,
  partnerAvailabilityGroupName: group.groupName,
  partnerEndpoint: endpointUrl,
  instanceAvailabilityGroupName: instanceGroupName,
  databaseOnDelete: "Delete",
});
