/**
 * Two links: db1 of the first server by the components, db2 of the second one by the ten resources in the order of
 * examples/step-by-step. The configuration's `added` holds further arguments of each, by its name, `options` its options,
 * `transformed` what transforms of the components set in their parts, and `prefix` begins the components' new names.
 */
import {
  type ComponentResourceOptions,
  Config,
  type CustomResourceOptions,
  type ResourceTransform,
} from "@pulumi/pulumi";
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
const setting = (kind: string, name: string): object => config.getObject<Record<string, object>>(kind)?.[name] ?? {};
const added = (name: string): object => setting("added", name);
const optionsOf = (name: string): CustomResourceOptions => setting("options", name);
const managedInstanceId = config.require("managedInstanceId");
const password = `file:${config.require("passwordFile")}`;
const serverAt = (host: string): SqlServerArgs => ({
  host,
  user: config.require("sqlServerUser"),
  credential: password,
  caFile: config.require("sqlServerCaFile"),
  ...added("sqlServer"),
});

const prefix = config.get("prefix");
const nameOf = (component: string): string => (prefix === undefined ? component : `${prefix}-${component}`);
/** What transforms set, of arguments and options, by the name of the part. */
const transform: ResourceTransform = ({ name, props, opts }) => {
  const { args, options } = setting("transformed", name) as { readonly args?: object; readonly options?: object };
  return { props: { ...props, ...args }, opts: { ...opts, ...options } };
};
const componentOptions = (name: string): ComponentResourceOptions => ({
  ...(prefix === undefined ? {} : { aliases: [{ name }] }),
  ...(config.get("transformed") === undefined ? {} : { transforms: [transform] }),
  ...optionsOf(name),
});

const pairing = new InstancePairing(
  nameOf("pairing"),
  {
    sqlServer: serverAt(config.require("sqlServerHost")),
    managedInstanceId,
    masterKeyCredential: password,
    ...added("pairing"),
  },
  componentOptions("pairing"),
);
new ManagedInstanceLink(
  nameOf("component"),
  { pairing, databaseName: "db1", ...added("component") },
  componentOptions("component"),
);

const sqlServer = serverAt(config.require("secondHost"));
const masterKey = new MasterKey("master-key", { sqlServer, credential: password, ...added("master-key") });
const certificate = new SqlServerCertificate(
  "certificate",
  { sqlServer, ...added("certificate") },
  { dependsOn: masterKey, ...optionsOf("certificate") },
);
const trust = new TrustCertificate(
  "trust",
  {
    managedInstanceId,
    certificateName: certificate.certificateName,
    publicKey: certificate.publicKey,
    ...added("trust"),
  },
  optionsOf("trust"),
);
const instanceCertificate = new ManagedInstanceCertificate("instance-certificate", { sqlServer, managedInstanceId });
const roots = new TrustedRoots("roots", { sqlServer, ...added("roots") });
const endpoint = new MirroringEndpoint(
  "endpoint",
  { sqlServer, certificateName: certificate.certificateName, ...added("endpoint") },
  { dependsOn: trust, ...optionsOf("endpoint") },
);
const database = new FullRecoveryDatabase("database", { sqlServer, databaseName: "db2", ...added("database") });
const endpointUrl = `TCP://${sqlServer.host}:5022`;
const group = new AvailabilityGroup(
  "group",
  { sqlServer, groupName: "AG_db2", databaseName: database.databaseName, endpointUrl, ...added("group") },
  { dependsOn: endpoint, ...optionsOf("group") },
);
const distributedGroup = new DistributedAvailabilityGroup(
  "distributed-group",
  {
    sqlServer,
    groupName: "DAG_db2",
    localGroupName: group.groupName,
    localUrl: endpointUrl,
    managedInstanceGroupName: "AG_db2_MI",
    managedInstanceFqdn: instanceCertificate.fqdn,
    ...added("distributed-group"),
  },
  optionsOf("distributed-group"),
);
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
  { dependsOn: [trust, roots], ...optionsOf("link") },
);
