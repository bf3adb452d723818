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
const instanceGroupName = config.require("instanceGroup");
const endpointUrl = `TCP://${sqlServer.host}:5022`;
const adopt = config.getBoolean("adopt");
const expiry = config.get("expiry");

const masterKey = new mi.MasterKey("master-key", { sqlServer, adopt });
const certificate = new mi.SqlServerCertificate("certificate", { sqlServer, expiry, adopt }, { dependsOn: masterKey });
const trust = new mi.TrustCertificate("trust", {
  managedInstanceId,
  certificateName: certificate.certificateName,
  publicKey: certificate.publicKey,
  sqlServer,
  adopt,
});
const roots = new mi.TrustedRoots("roots", { sqlServer, managedInstanceId, adopt });
const instanceCertificate = new mi.ManagedInstanceCertificate(
  "instance-certificate",
  { sqlServer, managedInstanceId: trust.managedInstanceId, adopt },
  { dependsOn: roots },
);
const database = new mi.FullRecoveryDatabase("database", { sqlServer, databaseName, adopt });
const group = new mi.AvailabilityGroup("group", {
  sqlServer,
  groupName: `AG_${databaseName}`,
  databaseName: database.databaseName,
  endpointUrl,
  adopt,
});
const distributedGroup = new mi.DistributedAvailabilityGroup("distributed-group", {
  sqlServer,
  groupName: `DAG_${databaseName}`,
  localGroupName: group.groupName,
  localUrl: endpointUrl,
  managedInstanceGroupName: instanceGroupName,
  managedInstanceFqdn: instanceCertificate.fqdn,
  adopt,
});
new mi.InstanceLink("link", {
  managedInstanceId: trust.managedInstanceId,
  linkName: distributedGroup.groupName,
  databaseName,
  partnerAvailabilityGroupName: group.groupName,
  partnerEndpoint: endpointUrl,
  instanceAvailabilityGroupName: instanceGroupName,
  databaseOnDelete: "Delete",
  sqlServer,
  adopt,
});
