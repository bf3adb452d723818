import { managedInstanceIn } from "../../arguments/endpoint-url";
import { digitsOf } from "../../arguments/hexadecimal";
import { sameHost } from "../../arguments/host";
import { childCollection, childId } from "../../arguments/managed-instance-id";
import { sameName } from "../../arguments/names";
import type { SqlServer } from "../../arguments/sql-server-settings";
import type { ArmResource } from "../../azure/client";
import type { ManagedInstance } from "../../azure/managed-instance";
import type { Advice } from "../../errors/advice";
import { nextLine } from "../../errors/existing";
import { VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import type { LinkProperties } from "../../resources/instance-link/link";
import { allCertificates, hex } from "../../sql-server/catalog/certificates";
import { type Endpoint, findEndpoint, otherUses } from "../../sql-server/catalog/endpoint";
import { allGroups, type Group } from "../../sql-server/catalog/groups";
import type { Sql } from "../../sql-server/connection";
import { claimed, type Kind, notesOf } from "../../sql-server/notes";

/** What two servers have of links between them, whoever made it and whatever it is called. */
export interface There {
  readonly server: Sql;
  readonly instance: ManagedInstance;
  readonly endpoint: Endpoint & { readonly certificateName: string };
  /** Name, on the managed instance, of the certificate that the endpoint shows; undefined where it is not uploaded. */
  readonly trustName?: string;
  /** The certificate that the endpoint shows, DER in hexadecimal. */
  readonly publicKey: string;
  readonly links: readonly LinkThere[];
  /** What cannot be imported, and what else must be known, each a sentence. */
  readonly notes: readonly string[];
  /** Something else uses the endpoint, or needs what it accepts beyond a link's needs: it is not this stack's alone. */
  readonly isEndpointShared: boolean;
  /** Thumbprints of all certificates of `master`. */
  readonly thumbprints: ReadonlySet<string>;
  /** Certificates beside the endpoint's whose private keys the database master key encrypts. */
  readonly alsoEncrypted: readonly string[];
}

export interface LinkThere {
  readonly linkName: string;
  readonly databaseName: string;
  readonly groupName: string;
  readonly instanceGroupName: string;
  /** Where the managed instance finds SQL Server, as the link, the group and the distributed group have it. */
  readonly partnerEndpoint: string;
  readonly groupUrl: string;
  readonly localUrl: string;
  /** The instance's name in the distributed group's URL, where it is another than its host name begins with. */
  readonly managedInstanceName?: string;
  readonly failoverMode?: string;
  readonly replicationMode?: string;
  readonly availabilityMode?: string;
}

type ArmLink = ArmResource<LinkProperties>;

/** Looks at both sides: the endpoint by its type, its certificate by the endpoint, links by their group's name and members. */
export async function findLinks(
  settings: SqlServer,
  managedInstanceId: string,
  wanted: readonly string[],
  context: Context,
): Promise<There> {
  const [server, instance] = await Promise.all([
    context.sql(settings),
    context.azure.managedInstance(managedInstanceId),
  ]);
  const listed = <Properties>(what: string, type: Parameters<typeof childCollection>[1]) =>
    context.azure.list<Properties>(`list the ${what} of ${instance.name}`, childCollection(managedInstanceId, type));
  const [endpoint, groups, uploaded, all, others, certificates] = await Promise.all([
    findEndpoint(server),
    allGroups(server),
    listed<{ readonly publicBlob: string }>("certificates of SQL Servers", "serverTrustCertificates"),
    listed<LinkProperties>("links", "distributedAvailabilityGroups"),
    otherUses(server),
    allCertificates(server),
  ]);
  const doing = `import links to the managed instance ${instance.name}`;
  const onServer = `${doing} from ${server.instance.name} (${server.address})`;
  const certificateName = endpoint?.certificateName ?? undefined;
  const certificate = certificates.find(({ name }) => name === certificateName);
  if (!endpoint || certificateName === undefined || !certificate) throw noEndpoint(onServer, endpoint);

  const looked = all
    .filter(({ name }) => wanted.length === 0 || wanted.some((other) => sameName(other, name)))
    .map((link) => linkThere({ server, instance, groups }, link));
  const links = looked.flatMap((link) => (typeof link === "string" ? [] : [link]));
  const refused = looked.filter((link) => typeof link === "string");
  const missing = wanted.filter((name) => !all.some((link) => sameName(link.name, name)));
  if (links.length === 0 || missing.length > 0) throw noLinks(onServer, all, missing, refused);

  const publicKey = hex(certificate.der);
  const trust = uploaded.find(({ properties }) => digitsOf(properties.publicBlob) === publicKey);
  await refuseNoted(server, doing, {
    "master-key": ["master"],
    endpoint: ["DATABASE_MIRRORING"],
    certificate: [certificateName, instance.fqdn],
    group: links.flatMap(({ groupName, linkName }) => [groupName, linkName]),
    "trust-certificate": trust ? [childId(managedInstanceId, "serverTrustCertificates", trust.name)] : [],
    link: links.map(({ linkName }) => linkName),
  });
  const { authentication, algorithm } = endpoint;
  const isEndpointShared = others.length > 0 || authentication !== "CERTIFICATE" || algorithm !== "AES";
  return {
    server,
    instance,
    endpoint: { ...endpoint, certificateName },
    trustName: trust?.name,
    publicKey,
    links,
    notes: [
      ...refused,
      ...(isEndpointShared
        ? [
            `The endpoint ${endpoint.name} accepts ${authentication ?? "no authentication"} with ${algorithm ?? "no encryption"}${others.length > 0 ? `, and is used by ${others.join(", ")}` : ""}: what it accepts stays so, and destroy keeps the endpoint.`,
          ]
        : []),
    ],
    isEndpointShared,
    thumbprints: new Set(certificates.map(({ thumbprint }) => thumbprint)),
    alsoEncrypted: certificates
      .filter(({ name, privateKey }) => privateKey === "MK" && !sameName(name, certificateName))
      .map(({ name }) => name),
  };
}

/** A test of the network makes nothing that could be imported. */
type Imported = Exclude<Kind, "probe">;

/** One stack never takes what another one made: that one goes on managing it. */
async function refuseNoted(
  server: Sql,
  doing: string,
  names: Readonly<Record<Imported, readonly string[]>>,
): Promise<void> {
  await Promise.all(
    (Object.keys(names) as Imported[]).map(async (kind) => {
      const notes = await notesOf(server, kind);
      const noted = notes.find((note) => names[kind].some((name) => sameName(name, note.name)));
      if (noted) throw claimed(server, doing, kind, noted, alreadyManaged);
    }),
  );
}

const alreadyManaged = (removal: string): Advice => ({
  cause: "that stack has it already, so nothing is to be imported: two stacks would each change and delete it.",
  remedy: [
    "to change or remove it, or to link another database beside it: in the program of that stack, then pulumi up there.",
    "To import a link that no stack has, over an endpoint that no stack has either: name it with --link.",
    `If that stack is gone for good, without a pulumi destroy: remove its note on the SQL Server, then import again: ${removal}`,
  ].join(nextLine),
});

/** The link with its half on the SQL Server; a sentence where that has none. */
function linkThere(
  { server, instance, groups }: Pick<There, "server" | "instance"> & { readonly groups: readonly Group[] },
  { name: linkName, properties }: ArmLink,
): LinkThere | string {
  const skipped = (why: string) => `The link ${linkName} is not imported: ${why}.`;
  const { partnerAvailabilityGroupName: groupName, instanceAvailabilityGroupName: instanceGroupName } = properties;
  const { partnerEndpoint, databases = [], failoverMode, replicationMode } = properties;
  const [database, second] = databases;
  if (!groupName || !instanceGroupName || !partnerEndpoint || !database)
    return skipped("Azure does not show its groups, its database or its partner");
  if (second) return skipped("it has several databases, and one is what a link is made of here");
  const [distributed, local] = [linkName, groupName].map((wanted) => groups.find(({ name }) => sameName(name, wanted)));
  if (!distributed?.isDistributed || !local || local.isDistributed)
    return skipped(`${server.instance.name} has no such groups; it may be a link of another SQL Server`);
  const member = (name: string) => distributed.replicas.find((replica) => sameName(replica.name, name));
  const [ours, theirs] = [member(groupName), member(instanceGroupName)];
  const replica = local.replicas.find(({ name }) => sameName(name, server.instance.name)) ?? local.replicas[0];
  if (!ours?.url || !theirs || !replica?.url)
    return skipped(`its distributed group does not join ${groupName} and ${instanceGroupName}`);
  const shown = managedInstanceIn(theirs.url ?? "");
  if (!sameHost(shown?.fqdn ?? "", instance.fqdn))
    return skipped(`the distributed group of that name leads to ${theirs.url}, not to ${instance.fqdn}`);
  return {
    linkName,
    databaseName: database.databaseName,
    groupName,
    instanceGroupName,
    partnerEndpoint,
    groupUrl: replica.url,
    localUrl: ours.url,
    managedInstanceName: sameName(shown?.name ?? instance.name, instance.name) ? undefined : shown?.name,
    failoverMode,
    replicationMode,
    availabilityMode: ours.availabilityMode ?? undefined,
  };
}

function noEndpoint(doing: string, endpoint: Endpoint | undefined): VisibleError {
  const cause = endpoint
    ? `the mirroring endpoint ${endpoint.name} has no certificate: it is not that of a link.`
    : "the SQL Server has no mirroring endpoint, so it has no link.";
  return new VisibleError({ doing, cause, remedy: "check --sql-server and --port." });
}

function noLinks(
  doing: string,
  all: readonly ArmLink[],
  missing: readonly string[],
  refused: readonly string[],
): VisibleError {
  const names = all.map(({ name }) => name).join(", ") || "none";
  return new VisibleError({
    doing,
    said: [`links of the managed instance: ${names}`, ...refused],
    cause: missing.length > 0 ? `there is no link ${missing.join(", ")}.` : "none of them belongs to this SQL Server.",
    remedy: "check --sql-server, --managed-instance and --link.",
  });
}
