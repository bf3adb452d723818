import { createHash, X509Certificate } from "node:crypto";
import type { Ready } from "#lab/index";
import type { AzureClient } from "../client";
import { placeOf } from "./place";

type Fields = Readonly<Record<string, unknown>>;

/** A resource as any of the clients prints it: some leave `properties` in, some take it out. */
export function fieldsOf(resource: unknown): Fields {
  if (typeof resource !== "object" || resource === null) return {};
  const properties = "properties" in resource ? resource.properties : undefined;
  return { ...(typeof properties === "object" ? properties : {}), ...resource };
}

const namesOf = (list: unknown) =>
  Array.isArray(list) ? list.map((each) => String(fieldsOf(each).name)).sort() : [String(list)];

/** Says how a client's answer differs from the expected one; undefined where it does not. */
export type Judge = (answer: unknown) => string | undefined;

/** Expects these values of the fields; letter case counts. */
function hasFields(wanted: Fields): Judge {
  return (answer) => {
    const seen = fieldsOf(answer);
    const wrong = Object.keys(wanted).find((name) => JSON.stringify(seen[name]) !== JSON.stringify(wanted[name]));
    return wrong === undefined
      ? undefined
      : `${wrong} is ${JSON.stringify(seen[wrong])}, expected ${JSON.stringify(wanted[wrong])}`;
  };
}

export function hasNames(...wanted: readonly string[]): Judge {
  return (answer) => {
    const seen = namesOf(answer);
    return seen.join() === [...wanted].sort().join() ? undefined : `names ${seen.join()}, expected ${wanted.join()}`;
  };
}

/** Accepts any answer: those to a deletion and to signing in differ by client, and an answer means success. */
export const anything: Judge = () => undefined;

export function isInstance(ready: Ready): Judge {
  const [instance] = ready.managedInstances;
  return hasFields({
    id: instance?.id,
    name: placeOf(ready).instance,
    fullyQualifiedDomainName: instance?.fqdn,
    state: "Ready",
  });
}

export function isTrustCertificate(name: string, blob: string): Judge {
  const der = Buffer.from(blob.replace(/^0x/, ""), "hex");
  const thumbprint = createHash("sha1").update(der).digest("hex").toUpperCase();
  const publicBlob = der.toString("hex").toUpperCase();
  return hasFields({ name, certificateName: name, publicBlob, thumbprint });
}

/** The leaf of the instance's endpoint: a certificate that names it, without 0x. */
export function isEndpointCertificate(fqdn: string): Judge {
  return (answer) => {
    const { publicBlob, name } = fieldsOf(answer);
    if (name !== "DATABASE_MIRRORING") return `name is ${name}`;
    if (typeof publicBlob !== "string" || !/^[0-9A-F]+$/i.test(publicBlob)) return `publicBlob is ${publicBlob}`;
    const certificate = new X509Certificate(Buffer.from(publicBlob, "hex"));
    return certificate.checkHost(fqdn) ? undefined : `the certificate is of ${certificate.subjectAltName}`;
  };
}

export interface LinkNames {
  readonly name: string;
  readonly database: string;
  readonly endpoint: string;
  readonly sqlServerGroup: string;
  readonly instanceGroup: string;
}

/** A link that works, in the form of before 2023 or since then. */
export function isLink(
  parameters: AzureClient["parameters"],
  { name, database, endpoint, sqlServerGroup, instanceGroup }: LinkNames,
  replicationMode: "Async" | "Sync",
): Judge {
  if (parameters === "old")
    return hasFields({ name, targetDatabase: database, sourceEndpoint: endpoint, replicationMode });
  const top = hasFields({
    name,
    replicationMode,
    partnerEndpoint: endpoint,
    partnerAvailabilityGroupName: sqlServerGroup,
    instanceAvailabilityGroupName: instanceGroup,
    instanceLinkRole: "Secondary",
    partnerLinkRole: "Primary",
    failoverMode: "Manual",
    seedingMode: "Automatic",
  });
  return (answer) => {
    const { databases } = fieldsOf(answer);
    const [first] = Array.isArray(databases) ? databases : [];
    const inside = hasFields({ databaseName: database, connectedState: "CONNECTED" });
    return top(answer) ?? inside(first);
  };
}

/** The states that a link is shown with, in the form of before 2023 or since then. */
export function linkIn(answer: unknown): string {
  const { name, linkState, databases } = fieldsOf(answer);
  const [first] = Array.isArray(databases) ? databases : [];
  const { replicaState, connectedState, synchronizationHealth } = fieldsOf(first);
  const states = [linkState, replicaState, connectedState, synchronizationHealth];
  return `${name} ${states.filter((state) => typeof state === "string").join(" ")}`;
}
