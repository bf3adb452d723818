// db1 is linked. SQL Server refuses some changes of what a link uses: so db2 has its groups and no link, and db3 nothing.
const pulumi = require("@pulumi/pulumi");
const mi = require("pulumi-mi-link");

const config = new pulumi.Config();
const managedInstanceId = config.require("managedInstanceId");
const sqlServer = {
  host: config.require("sqlServerHost"),
  user: config.require("sqlServerUser"),
  credential: "env:SQL_SERVER_PASSWORD",
  caFile: config.get("sqlServerCaFile"),
};
const endpointUrl = `TCP://${sqlServer.host}:5022`;

const masterKey = new mi.MasterKey("master-key", { sqlServer, credential: "env:MASTER_KEY_PASSWORD" });
const certificate = new mi.SqlServerCertificate(
  "certificate",
  { sqlServer, expiry: config.get("expiry") },
  { dependsOn: masterKey },
);
const trust = new mi.TrustCertificate("trust", {
  managedInstanceId,
  certificateName: certificate.certificateName,
  publicKey: certificate.publicKey,
  sqlServer,
});
const roots = new mi.TrustedRoots("roots", { sqlServer, managedInstanceId });
const instanceCertificate = new mi.ManagedInstanceCertificate(
  "instance-certificate",
  { sqlServer, managedInstanceId: trust.managedInstanceId },
  { dependsOn: roots },
);
const endpoint = new mi.MirroringEndpoint(
  "endpoint",
  { sqlServer, certificateName: certificate.certificateName },
  { dependsOn: trust },
);

function groups(suffix, databaseName) {
  const database = new mi.FullRecoveryDatabase(`database${suffix}`, { sqlServer, databaseName });
  const group = new mi.AvailabilityGroup(
    `group${suffix}`,
    { sqlServer, groupName: `AG_${databaseName}`, databaseName: database.databaseName, endpointUrl },
    { dependsOn: endpoint },
  );
  return new mi.DistributedAvailabilityGroup(`dag${suffix}`, {
    sqlServer,
    groupName: `DAG_${databaseName}`,
    localGroupName: group.groupName,
    localUrl: endpointUrl,
    managedInstanceGroupName: `AG_${databaseName}_MI`,
    managedInstanceFqdn: instanceCertificate.fqdn,
  });
}

const linked = groups("", "db1");
new mi.InstanceLink(
  "link",
  {
    managedInstanceId: trust.managedInstanceId,
    linkName: linked.groupName,
    databaseName: "db1",
    partnerAvailabilityGroupName: "AG_db1",
    partnerEndpoint: endpointUrl,
    instanceAvailabilityGroupName: "AG_db1_MI",
    databaseOnDelete: "Delete",
    sqlServer,
  },
  { dependsOn: trust },
);
groups("-unlinked", "db2");
new mi.FullRecoveryDatabase("database-alone", { sqlServer, databaseName: "db3" });
