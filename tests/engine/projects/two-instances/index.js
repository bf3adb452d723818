const pulumi = require("@pulumi/pulumi");
const mi = require("pulumi-mi-link");

const config = new pulumi.Config();
const sqlServer = {
  host: config.require("sqlServerHost"),
  user: config.require("sqlServerUser"),
  credential: "env:SQL_SERVER_PASSWORD",
  caFile: config.get("sqlServerCaFile"),
};
const options = { databaseOnDelete: "Delete" };

const pairing = new mi.InstancePairing("pairing", {
  sqlServer,
  managedInstanceId: config.require("managedInstanceId"),
  masterKeyCredential: "env:MASTER_KEY_PASSWORD",
  certificateExpiry: config.get("certificateExpiry") || undefined,
});
new mi.ManagedInstanceLink("link", { pairing, databaseName: "db1", ...options });

const managedInstanceId = config.require("secondInstanceId");
const afterPairing = { dependsOn: [pairing] };
const { certificateName, publicKey } = pairing.certificate;
// Nothing says that the endpoint waits for it.
const trust = new mi.TrustCertificate("second-trust", { managedInstanceId, certificateName, publicKey, sqlServer });
const instanceCertificate = new mi.ManagedInstanceCertificate(
  "second-instance-certificate",
  { sqlServer, managedInstanceId },
  afterPairing,
);
const database = new mi.FullRecoveryDatabase("second-database", { sqlServer, databaseName: "db2" }, afterPairing);
const endpointUrl = `TCP://${sqlServer.host}:5022`;
const group = new mi.AvailabilityGroup(
  "second-group",
  { sqlServer, groupName: "AG_db2", databaseName: database.databaseName, endpointUrl },
  afterPairing,
);
const distributedGroup = new mi.DistributedAvailabilityGroup("second-distributed-group", {
  sqlServer,
  groupName: "DAG_db2",
  localGroupName: group.groupName,
  localUrl: endpointUrl,
  managedInstanceGroupName: "AG_db2_MI",
  managedInstanceFqdn: instanceCertificate.fqdn,
});
new mi.InstanceLink("second-link", {
  managedInstanceId: trust.managedInstanceId,
  linkName: distributedGroup.groupName,
  databaseName: database.databaseName,
  partnerAvailabilityGroupName: group.groupName,
  partnerEndpoint: endpointUrl,
  instanceAvailabilityGroupName: "AG_db2_MI",
  sqlServer,
  ...options,
});
