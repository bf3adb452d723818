/**
 * Two links: db1 of the first server by the components, db2 of the second one by the ten resources in the order of
 * examples/step-by-step. The configuration's `added` holds further arguments of each resource, by its name.
 */
import { Config } from "@pulumi/pulumi";
import {
  AvailabilityGroup,
  DistributedAvailabilityGroup,
  FullRecoveryDatabase,
  InstanceLink,
  InstancePairing,
  ManagedInstanceCertificate,
  ManagedInstanceLink,
  MasterKey,
  MirroringEndpoint,
  type SqlServerArgs,
  SqlServerCertificate,
  TrustCertificate,
  TrustedRoots,
} from "pulumi-mi-link";

const config = new Config();
const added = (name: string): object => config.getObject<Record<string, object>>("added")?.[name] ?? {};
const managedInstanceId = config.require("managedInstanceId");
const password = `file:${config.require("passwordFile")}`;
const serverAt = (host: string): SqlServerArgs => ({
  host,
  user: config.require("sqlServerUser"),
  credential: password,
  caFile: config.require("sqlServerCaFile"),
  ...added("sqlServer"),
});

const pairing = new InstancePairing("pairing", {
  sqlServer: serverAt(config.require("sqlServerHost")),
  managedInstanceId,
  masterKeyCredential: password,
  ...added("pairing"),
});
new ManagedInstanceLink("component", { pairing, databaseName: "db1", ...added("component") });

const sqlServer = serverAt(config.require("secondHost"));
const masterKey = new MasterKey("master-key", { sqlServer, credential: password, ...added("master-key") });
const certificate = new SqlServerCertificate(
  "certificate",
  { sqlServer, ...added("certificate") },
  { dependsOn: masterKey },
);
const trust = new TrustCertificate("trust", {
  managedInstanceId,
  certificateName: certificate.certificateName,
  publicKey: certificate.publicKey,
  ...added("trust"),
});
const instanceCertificate = new ManagedInstanceCertificate("instance-certificate", { sqlServer, managedInstanceId });
const roots = new TrustedRoots("roots", { sqlServer, ...added("roots") });
const endpoint = new MirroringEndpoint(
  "endpoint",
  { sqlServer, certificateName: certificate.certificateName, ...added("endpoint") },
  { dependsOn: trust },
);
const database = new FullRecoveryDatabase("database", { sqlServer, databaseName: "db2", ...added("database") });
const endpointUrl = `TCP://${sqlServer.host}:5022`;
const group = new AvailabilityGroup(
  "group",
  { sqlServer, groupName: "AG_db2", databaseName: database.databaseName, endpointUrl, ...added("group") },
  { dependsOn: endpoint },
);
const distributedGroup = new DistributedAvailabilityGroup("distributed-group", {
  sqlServer,
  groupName: "DAG_db2",
  localGroupName: group.groupName,
  localUrl: endpointUrl,
  managedInstanceGroupName: "AG_db2_MI",
  managedInstanceFqdn: instanceCertificate.fqdn,
  ...added("distributed-group"),
});
new InstanceLink(
  "link",
  {
    managedInstanceId,
    linkName: distributedGroup.groupName,
    databaseName: database.databaseName,
    partnerAvailabilityGroupName: group.groupName,
    partnerEndpoint: endpointUrl,
    instanceAvailabilityGroupName: "AG_db2_MI",
    ...added("link"),
  },
  { dependsOn: [trust, roots] },
);
