/** Replaces argument names of a part by those of its component, in sentences for the user. */
type Words = readonly (readonly [part: RegExp, component: string])[];

const endpoint =
  "address (by default sqlServer.host) and publicPort (by default port) of the InstancePairing or its PreparedServer";

/** Of the parts of a server, which either component makes. */
const server: Readonly<Record<string, Words>> = {
  MasterKey: [
    [/^password\b/, "masterKeyPassword"],
    [/^credential\b/, "masterKeyCredential"],
    [/\bone of password and credential\b/g, "one of masterKeyPassword and masterKeyCredential"],
    [/\bgive password, or credential as\b/g, "give masterKeyPassword, or masterKeyCredential as"],
  ],
  SqlServerCertificate: [
    [/^expiry\b/, "certificateExpiry"],
    [/\btogether with expiry\b/, "together with certificateExpiry"],
    [/\bexpiry or rotateBefore \((.*?) of an InstancePairing\)/, "$1"],
    [/\brotateBefore\b/g, "certificateRotateBefore"],
    [/^subject\b/, "certificateSubject"],
    [/\bexpiry or subject\b/g, "certificateExpiry or certificateSubject"],
    [/\bexpiry(?=( and \w+)* of the certificate\b)/g, "certificateExpiry"],
    [/\bsubject(?=( and \w+)* of the certificate\b)/g, "certificateSubject"],
  ],
  MirroringEndpoint: [
    [/^state\b/, "endpointState"],
    [/\balgorithm(?=:)/g, "endpointAlgorithm"],
    [/^algorithm\b/, "endpointAlgorithm"],
  ],
};

const words: Readonly<Record<string, Readonly<Record<string, Words>>>> = {
  PreparedServer: server,
  InstancePairing: server,
  ManagedInstanceLink: {
    AvailabilityGroup: [[/\bendpointUrl\b/g, endpoint]],
    DistributedAvailabilityGroup: [
      [/\bgroupName\b/g, "linkName"],
      [/\blocalGroupName\b/g, "groupName"],
      [/\bmanagedInstanceGroupName\b/g, "instanceGroupName"],
      [/\blocalUrl\b/g, endpoint],
      [/\bmanagedInstanceFqdn\b/g, "managedInstanceId of the InstancePairing"],
      [/\bavailabilityMode\b/g, "replicationMode"],
    ],
    InstanceLink: [
      [/\bpartnerAvailabilityGroupName\b/g, "groupName"],
      [/\binstanceAvailabilityGroupName\b/g, "instanceGroupName"],
      [/\bpartnerEndpoint\b/g, endpoint],
    ],
  },
};

/**
 * The user of a component never wrote the arguments of its parts, so a message names those of the component. The urn tells
 * of which component a resource is a part. read and delete have no urn; their messages name no argument.
 */
export function inComponentsWords(urn: string | undefined, sentence: string): string {
  const [, component = "", part = ""] =
    /mi-link:index:(\w+)\$pulumi-nodejs:dynamic\/mi-link:(\w+)::/.exec(urn ?? "") ?? [];
  return (words[component]?.[part] ?? []).reduce((text, [from, to]) => text.replace(from, to), sentence);
}
