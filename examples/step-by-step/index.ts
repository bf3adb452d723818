/** The documented procedure, one resource for each of its steps; the section of the script page stands above each. */
import { Config } from "@pulumi/pulumi";
import {
  AvailabilityGroup,
  DistributedAvailabilityGroup,
  FullRecoveryDatabase,
  InstanceLink,
  ManagedInstanceCertificate,
  MasterKey,
  MirroringEndpoint,
  type SqlServerArgs,
  SqlServerCertificate,
  TrustCertificate,
  TrustedRoots,
} from "pulumi-mi-link";

const config = new Config();
const managedInstanceId = config.require("managedInstanceId");
const databaseName = config.require("database");
const sqlServer: SqlServerArgs = {
  host: config.require("sqlServerHost"),
  port: config.getNumber("sqlServerPort"),
  user: config.require("sqlServerUser"),
  credential: "env:SQL_SERVER_PASSWORD",
  caFile: config.get("sqlServerCaFile"),
};

// "Set up database recovery and backup"
const database = new FullRecoveryDatabase("database", { sqlServer, databaseName });

// "Create a certificate on SQL Server and import its public key to SQL Managed Instance"
const masterKey = new MasterKey("master-key", { sqlServer, credential: "env:MASTER_KEY_PASSWORD" });
const certificate = new SqlServerCertificate("certificate", { sqlServer }, { dependsOn: masterKey });
const trust = new TrustCertificate("trust", {
  managedInstanceId,
  certificateName: certificate.certificateName,
  publicKey: certificate.publicKey,
  sqlServer,
});

// "Import Azure-trusted root certificate authority keys to SQL Server"
const roots = new TrustedRoots("roots", { sqlServer, managedInstanceId });

// "Get the certificate public key from SQL Managed Instance and import it to SQL Server"
const instanceCertificate = new ManagedInstanceCertificate(
  "instance-certificate",
  { sqlServer, managedInstanceId: trust.managedInstanceId },
  { dependsOn: roots },
);

// "Create and secure the database mirroring endpoint on SQL Server"
const endpoint = new MirroringEndpoint(
  "endpoint",
  { sqlServer, certificateName: certificate.certificateName },
  { dependsOn: trust }, // a new certificate must be trusted before the endpoint shows it
);
const endpointUrl = `TCP://${sqlServer.host}:5022`;

// "Create an availability group on SQL Server"
const groupName = `AG_${databaseName}`;
const group = new AvailabilityGroup(
  "group",
  { sqlServer, groupName, databaseName: database.databaseName, endpointUrl },
  { dependsOn: [database, endpoint] },
);
const instanceGroupName = `AG_${databaseName}_MI`;
const distributedGroup = new DistributedAvailabilityGroup("distributed-group", {
  sqlServer,
  groupName: `DAG_${databaseName}`,
  localGroupName: group.groupName,
  localUrl: endpointUrl,
  managedInstanceGroupName: instanceGroupName,
  managedInstanceFqdn: instanceCertificate.fqdn,
});

// "Create a link"
const link = new InstanceLink(
  "link",
  {
    managedInstanceId: trust.managedInstanceId,
    linkName: distributedGroup.groupName,
    databaseName,
    partnerAvailabilityGroupName: groupName,
    partnerEndpoint: endpointUrl,
    instanceAvailabilityGroupName: instanceGroupName,
    databaseOnDelete: "Delete",
  },
  { dependsOn: trust },
);

// "Verify the link"
export const connectedState = link.connectedState;
