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

const makers = {
  components() {
    const { address, adopt } = given;
    const pairing = new mi.InstancePairing("pairing", {
      sqlServer,
      managedInstanceId,
      masterKeyCredential,
      address,
      port: port ?? undefined,
      adopt,
    });
    if (withoutLink) return;
    const { linkName, groupName, instanceGroupName } = given;
    new mi.ManagedInstanceLink("link", {
      pairing,
      databaseName,
      linkName,
      groupName,
      instanceGroupName,
      databaseOnDelete,
    });
  },
  /** Names are handed on as outputs, so that the engine knows what is built on what. */
  resources,
};

function resources() {
  const {
    linkName = `DAG_${databaseName}`,
    groupName = `AG_${databaseName}`,
    instanceGroupName = `AG_${databaseName}_MI`,
    address = sqlServer.host,
    failoverMode,
  } = given;
  const database = new mi.FullRecoveryDatabase("database", { sqlServer, databaseName });
  const masterKey = new mi.MasterKey("master-key", { sqlServer, credential: masterKeyCredential });
  const certificate = new mi.SqlServerCertificate("certificate", { sqlServer }, { dependsOn: masterKey });
  const trust = new mi.TrustCertificate("trust", {
    managedInstanceId,
    certificateName: certificate.certificateName,
    publicKey: certificate.publicKey,
  });
  const instanceCertificate = new mi.ManagedInstanceCertificate("instance-certificate", {
    sqlServer,
    managedInstanceId: trust.managedInstanceId,
  });
  const roots = new mi.TrustedRoots("roots", { sqlServer });
  const endpoint = new mi.MirroringEndpoint("endpoint", {
    sqlServer,
    certificateName: certificate.certificateName,
    port,
  });
  const endpointUrl = `TCP://${address}:${port}`;
  const group = new mi.AvailabilityGroup(
    "group",
    { sqlServer, groupName, databaseName: database.databaseName, endpointUrl },
    { dependsOn: [database, endpoint] },
  );
  const dag = new mi.DistributedAvailabilityGroup(
    "distributed-group",
    {
      sqlServer,
      groupName: linkName,
      localGroupName: group.groupName,
      localUrl: endpointUrl,
      managedInstanceGroupName: instanceGroupName,
      managedInstanceFqdn: instanceCertificate.fqdn,
    },
    { dependsOn: group },
  );
  if (withoutLink) return;
  new mi.InstanceLink(
    "link",
    {
      managedInstanceId: trust.managedInstanceId,
      linkName: dag.groupName,
      databaseName,
      partnerAvailabilityGroupName: groupName,
      partnerEndpoint: endpointUrl,
      instanceAvailabilityGroupName: instanceGroupName,
      failoverMode,
      databaseOnDelete,
    },
    { dependsOn: [dag, trust, roots] },
  );
}

makers[config.require("form")]();
