import { hostIn } from "../../arguments/endpoint-url";
import { sameHost, withoutBrackets } from "../../arguments/host";
import { sameName } from "../../arguments/names";
import type { SqlServer } from "../../arguments/sql-server-settings";
import { capital } from "../../errors/wording";
import type { Bag } from "../../lifecycle/contract";
import { type Declaration, type Program, ref } from "../declarations";
import type { LinkThere, There } from "./links-there";
import type { KnownAs } from "./observed-program";

/** Which parts of the program are components; the others are single resources. */
export interface Components {
  readonly isPairing: boolean;
  /** Names of links. */
  readonly links: ReadonlySet<string>;
}

export const allComponents = ({ links }: There): Components => ({
  isPairing: true,
  links: new Set(links.map(({ linkName }) => linkName)),
});

/** The program that declares what is there. */
export function programFor(
  there: There,
  sqlServer: SqlServer,
  managedInstanceId: string,
  components: Components,
): Program {
  const names = namesOf(there.links);
  return {
    constants: { sqlServer, managedInstanceId },
    declarations: [
      ...(components.isPairing ? [pairingOf(there, sqlServer)] : trustOf(there)),
      ...there.links.flatMap((link, i) => {
        const name = names[i] ?? link.linkName;
        const isComponent = components.isPairing && components.links.has(link.linkName);
        return isComponent ? [linkOf(link, name)] : partsOf(link, name, components);
      }),
    ],
  };
}

/** By these a look finds what the program may give no name to, or another one. */
export const knownAs = ({ endpoint, isEndpointShared, trustName }: There): KnownAs => ({
  SqlServerCertificate: { certificateName: endpoint.certificateName },
  MirroringEndpoint: { endpointName: endpoint.name, ...(isEndpointShared && { before: endpoint }) },
  ...(trustName !== undefined && { TrustCertificate: { certificateName: trustName } }),
});

function pairingOf(there: There, { host }: SqlServer): Declaration {
  // As the first link has it. Others with another address are declared as single resources.
  const address = hostIn(there.links[0]?.partnerEndpoint ?? host);
  const { port } = there.endpoint;
  return {
    variable: "pairing",
    kind: "InstancePairing",
    name: "pairing",
    args: {
      sqlServer: ref("sqlServer"),
      managedInstanceId: ref("managedInstanceId"),
      address: sameHost(address, withoutBrackets(host)) ? undefined : address,
      port: port === 5022 ? undefined : port,
    },
  };
}

function linkOf(link: LinkThere, name: string): Declaration {
  const { databaseName, linkName, groupName, instanceGroupName } = link;
  return {
    variable: variableOf(name),
    kind: "ManagedInstanceLink",
    name,
    args: {
      pairing: ref("pairing"),
      databaseName,
      linkName: unless(linkName, `DAG_${databaseName}`),
      groupName: unless(groupName, `AG_${databaseName}`),
      instanceGroupName: unless(instanceGroupName, `AG_${databaseName}_MI`),
      ...modesOf(link),
    },
  };
}

const modesOf = ({ failoverMode, replicationMode }: LinkThere) => ({
  failoverMode: failoverMode === "None" ? failoverMode : undefined,
  replicationMode: replicationMode === "Sync" ? replicationMode : undefined,
});

const unless = <T>(value: T, usual: T): T | undefined => (value === usual ? undefined : value);

/** The resources of a pairing, in the order of the documented procedure. */
function trustOf({ endpoint, trustName }: There): Declaration[] {
  const sqlServer = ref("sqlServer");
  const managedInstanceId = ref("managedInstanceId");
  return [
    {
      variable: "masterKey",
      kind: "MasterKey",
      name: "master-key",
      args: { sqlServer },
      comment: "Trust between the two, and the endpoint that they talk over.",
    },
    {
      variable: "certificate",
      kind: "SqlServerCertificate",
      name: "certificate",
      args: { sqlServer },
      dependsOn: ["masterKey"],
    },
    {
      variable: "trust",
      kind: "TrustCertificate",
      name: "trust",
      args: {
        managedInstanceId,
        certificateName:
          trustName === undefined || sameName(trustName, endpoint.certificateName)
            ? ref("certificate.certificateName")
            : trustName,
        publicKey: ref("certificate.publicKey"),
        sqlServer,
      },
    },
    {
      variable: "roots",
      kind: "TrustedRoots",
      name: "roots",
      args: { sqlServer, managedInstanceId },
      dependsOn: ["masterKey"],
    },
    {
      variable: "instanceCertificate",
      kind: "ManagedInstanceCertificate",
      name: "instance-certificate",
      args: { sqlServer, managedInstanceId: ref("trust.managedInstanceId") },
      dependsOn: ["roots"],
    },
    {
      variable: "endpoint",
      kind: "MirroringEndpoint",
      name: "endpoint",
      args: {
        sqlServer,
        certificateName: ref("certificate.certificateName"),
        endpointName: unless(endpoint.name, "database_mirroring_endpoint"),
        port: unless(endpoint.port, 5022),
        state: endpoint.state === "STOPPED" ? "STOPPED" : undefined,
      },
      dependsOn: ["trust"], // a new certificate must be trusted before the endpoint shows it
    },
  ];
}

/** The resources of a link. */
function partsOf(link: LinkThere, name: string, { isPairing }: Components): Declaration[] {
  const sqlServer = ref("sqlServer");
  const pairing = isPairing
    ? {
        endpoint: "pairing",
        trust: "pairing.trustCertificate",
        fqdn: ref("pairing.managedInstanceCertificate.fqdn"),
      }
    : { endpoint: "endpoint", trust: "trust", fqdn: ref("instanceCertificate.fqdn") };
  const variable = (part: string) => variableOf(`${name}-${part}`);
  const [database, group, distributed] = [variable("database"), variable("group"), variable("distributed-group")];
  return [
    {
      variable: database,
      kind: "FullRecoveryDatabase",
      name: `${name}-database`,
      args: { sqlServer, databaseName: link.databaseName },
      comment: `The link ${JSON.stringify(link.linkName)}.`,
    },
    {
      variable: group,
      kind: "AvailabilityGroup",
      name: `${name}-group`,
      args: {
        sqlServer,
        groupName: link.groupName,
        databaseName: ref(`${database}.databaseName`),
        endpointUrl: link.groupUrl,
      },
      dependsOn: [database, pairing.endpoint],
    },
    {
      variable: distributed,
      kind: "DistributedAvailabilityGroup",
      name: `${name}-distributed-group`,
      args: {
        sqlServer,
        groupName: link.linkName,
        localGroupName: ref(`${group}.groupName`),
        localUrl: link.localUrl,
        managedInstanceGroupName: link.instanceGroupName,
        managedInstanceFqdn: pairing.fqdn,
        managedInstanceName: link.managedInstanceName,
        availabilityMode: link.availabilityMode === "SYNCHRONOUS_COMMIT" ? link.availabilityMode : undefined,
      },
    },
    {
      variable: variableOf(name),
      kind: "InstanceLink",
      name,
      args: {
        managedInstanceId: ref(`${pairing.trust}.managedInstanceId`),
        linkName: ref(`${distributed}.groupName`),
        databaseName: link.databaseName,
        partnerAvailabilityGroupName: link.groupName,
        partnerEndpoint: link.partnerEndpoint,
        instanceAvailabilityGroupName: link.instanceGroupName,
        ...modesOf(link),
        sqlServer,
      },
      dependsOn: [pairing.trust],
    },
  ];
}

/** A resource name for each link: "link" where there is one, else by its database. No two resources or variables have one name. */
function namesOf(links: readonly LinkThere[]): string[] {
  if (links.length === 1) return ["link"];
  const taken = new Set<string>();
  return links.map(({ databaseName }) => {
    const plain = `link-${databaseName.replace(/[^\p{L}\p{N}_.-]/gu, "-")}`;
    let name = plain;
    for (let number = 2; namesAlong(name).some((one) => taken.has(one)); number++) name = `${plain}-${number}`;
    for (const one of namesAlong(name)) taken.add(one);
    return name;
  });
}

/** The variables of a link, and of whatever it is made of: a database may have the name of another one's part. */
const namesAlong = (name: string): string[] =>
  [name, ...["database", "group", "dag", "distributed-group", "link"].map((part) => `${name}-${part}`)].map(variableOf);

/** `link-db.1` -> `linkDb1` */
const variableOf = (name: string): string =>
  name
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== "")
    .map((part, i) => (i === 0 ? part : capital(part)))
    .join("");

/** The imported objects are the stack's own, so that destroy removes them: what says so in a state. */
export function ownership({ thumbprints, alsoEncrypted }: There, kind: string, state: Bag): Bag {
  if (kind === "MasterKey") return { created: alsoEncrypted.length === 0 };
  if (kind !== "TrustedRoots") return {};
  const wanted = state.thumbprints as Readonly<Record<string, string>>;
  return { added: Object.keys(wanted).filter((name) => thumbprints.has(wanted[name] ?? "")) };
}
